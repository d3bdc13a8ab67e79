#!/usr/bin/env perl
# What IDNA 2008 asks of each code point, computed from the Unicode data that Perl brings along.
#
# Usage: perl filters/schema/idn_table.pl > filters/schema/idn_table.def
#
# The table is committed, so that what is a host name does not depend on who builds, and a test
# computes it again where Perl's Unicode is the same version. Derived property: RFC 5892 section 3;
# Bidi_Class for RFC 5893; Joining_Type, Script and Canonical_Combining_Class for the contextual
# rules; combining classes and compositions for Normalization Form C (Unicode Standard Annex 15).
use strict;
use warnings;
use feature 'fc';
no warnings qw(surrogate nonchar);
use Unicode::Normalize qw(NFKC getCanon getCombinClass getComposite isNFC_MAYBE);
use Unicode::UCD;

# RFC 5892 section 2.6.
my %exceptions = (
    (map { $_ => 'PVALID' } 0x00df, 0x03c2, 0x06fd, 0x06fe, 0x0f0b, 0x3007),
    (map { $_ => 'CONTEXTO' } 0x00b7, 0x0375, 0x05f3, 0x05f4, 0x30fb, 0x0660 .. 0x0669, 0x06f0 .. 0x06f9),
    (map { $_ => 'DISALLOWED' } 0x0640, 0x07fa, 0x302e, 0x302f, 0x3031 .. 0x3035, 0x303b),
);

# RFC 5892 section 3; unassigned code points are refused as disallowed ones are.
sub derived {
    my ($code, $char) = @_;
    return $exceptions{$code} if exists $exceptions{$code};
    return 'DISALLOWED' if $char =~ /\p{Cn}|\p{Cs}|\p{Co}/;
    return 'PVALID' if $char =~ /^[-0-9a-z]$/;
    return 'CONTEXTJ' if $char =~ /\p{Join_Control}/;
    return 'DISALLOWED' if $char =~ /\p{Hangul_Syllable_Type=L}|\p{Hangul_Syllable_Type=V}|\p{Hangul_Syllable_Type=T}/;
    return 'DISALLOWED' if NFKC(fc(NFKC($char))) ne $char;
    return 'DISALLOWED' if $char =~ /\p{Default_Ignorable_Code_Point}|\p{White_Space}|\p{Noncharacter_Code_Point}/;
    return 'DISALLOWED' if $code >= 0x20d0 && $code <= 0x20ff;      # Combining Marks for Symbols
    return 'DISALLOWED' if $code >= 0x1d100 && $code <= 0x1d24f;    # two blocks of musical notation
    return 'PVALID' if $char =~ /\p{Ll}|\p{Lu}|\p{Lo}|\p{Nd}|\p{Lm}|\p{Mn}|\p{Mc}/;
    return 'DISALLOWED';
}

sub bidi {
    my ($char) = @_;
    return 'LEFT' if $char =~ /\p{Bidi_Class=L}/;
    return 'RIGHT' if $char =~ /\p{Bidi_Class=R}|\p{Bidi_Class=AL}/;
    return 'ARABIC_NUMBER' if $char =~ /\p{Bidi_Class=AN}/;
    return 'NUMBER' if $char =~ /\p{Bidi_Class=EN}/;
    return 'MARK' if $char =~ /\p{Bidi_Class=NSM}/;
    return 'NEUTRAL' if $char =~ /\p{Bidi_Class=ES}|\p{Bidi_Class=CS}|\p{Bidi_Class=ET}|\p{Bidi_Class=ON}|\p{Bidi_Class=BN}/;
    return 'OTHER';
}

sub joining {
    my ($char) = @_;
    return 'DUAL' if $char =~ /\p{Joining_Type=D}/;
    return 'LEFT' if $char =~ /\p{Joining_Type=L}/;
    return 'RIGHT' if $char =~ /\p{Joining_Type=R}/;
    return 'THROUGH' if $char =~ /\p{Joining_Type=T}/;
    return 'NONE';
}

sub script {
    my ($char) = @_;
    return 'GREEK' if $char =~ /\p{Script=Greek}/;
    return 'HEBREW' if $char =~ /\p{Script=Hebrew}/;
    return 'KANA_OR_HAN' if $char =~ /\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Han}/;
    return 'OTHER';
}

sub class_of {
    my ($code) = @_;
    my $char = chr $code;
    my $derived = derived($code, $char);
    return 'DISALLOWED, 0, OTHER, NONE, OTHER, 0, 0' if $derived eq 'DISALLOWED';
    return join ', ', $derived, ($char =~ /\p{M}/ ? 1 : 0), bidi($char), joining($char), script($char),
        getCombinClass($code), (isNFC_MAYBE($code) ? 1 : 0);
}

# Each text on lines of at most 100 bytes.
sub print_filled {
    my $line = '';
    for my $text (@_) {
        if ($line ne '' && length("$line $text") > 100) {
            print "$line\n";
            $line = '';
        }
        $line = $line eq '' ? $text : "$line $text";
    }
    print "$line\n";
}

my %number_of;
my @classes;
my @ranges;
my @pairs;
my $last = '';
for my $code (0 .. 0x10ffff) {
    my $class = class_of($code);
    if ($class !~ /^DISALLOWED/ && ($code < 0xac00 || $code > 0xd7a3)) {
        # Two code points at most: what a longer decomposition begins with is decomposed in turn.
        # Hangul follows from a formula, and its parts are disallowed.
        if (defined getCanon($code)) {
            my @pair = map { hex } split ' ', Unicode::UCD::charinfo($code)->{decomposition};
            die sprintf 'U+%04X', $code if @pair != 2 || getComposite($pair[0], $pair[1]) != $code;
            push @pairs, [@pair, $code];
        }
    }
    next if $class eq $last;
    $last = $class;
    $number_of{$class} //= push(@classes, $class) - 1;
    push @ranges, sprintf 'R(0x%04X, %d)', $code, $number_of{$class};
}

@pairs = sort { $a->[0] <=> $b->[0] || $a->[1] <=> $b->[1] } @pairs;
my @by_composite = sort { $pairs[$a][2] <=> $pairs[$b][2] } 0 .. $#pairs;

print "/* Written by filters/schema/idn_table.pl from Unicode ", Unicode::UCD::UnicodeVersion(), ". */\n";
print "/* C: derived property, mark?, bidi, joining, script, combining class, may compose with what precedes? */\n";
print "C($_)\n" for @classes;
print "/* R: the first code point of a range, its class by number */\n";
print_filled(@ranges);
print "/* P: two code points and what they compose to */\n";
print_filled(map { sprintf 'P(0x%04X, 0x%04X, 0x%04X)', @$_ } @pairs);
print "/* D: the pairs by number, in the order of what they compose to */\n";
print_filled(map { "D($_)" } @by_composite);
