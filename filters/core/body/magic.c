/** Two tables: magic numbers, and beginnings of markup (WHATWG MIME Sniffing sections 6 and 7.1).
 */
#include "filters/core/body/magic.h"

static const struct {
    struct pen_str bytes;
    enum pen_magic magic;
} numbers[] = {
    {PEN_STR("\x89PNG\r\n\x1a\n"), PEN_MAGIC_PICTURE},
    {PEN_STR("\xff\xd8\xff"), PEN_MAGIC_PICTURE}, /* JPEG */
    {PEN_STR("GIF87a"), PEN_MAGIC_PICTURE},
    {PEN_STR("GIF89a"), PEN_MAGIC_PICTURE},
    {PEN_STR("II*\0"), PEN_MAGIC_PICTURE}, /* TIFF, as the next */
    {PEN_STR("MM\0*"), PEN_MAGIC_PICTURE},
    {PEN_STR("%PDF-"), PEN_MAGIC_DOCUMENT},
    {PEN_STR("{\\rtf"), PEN_MAGIC_DOCUMENT},
    {PEN_STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), PEN_MAGIC_DOCUMENT}, /* OLE: doc, xls, msi */
    {PEN_STR("PK\3\4"), PEN_MAGIC_ARCHIVE},
    {PEN_STR("PK\5\6"), PEN_MAGIC_ARCHIVE}, /* an empty one */
    {PEN_STR("\x1f\x8b\x08"), PEN_MAGIC_ARCHIVE},
    {PEN_STR("BZh"), PEN_MAGIC_ARCHIVE},
    {PEN_STR("\xfd"
             "7zXZ\0"),
     PEN_MAGIC_ARCHIVE},
    {PEN_STR("7z\xbc\xaf\x27\x1c"), PEN_MAGIC_ARCHIVE},
    {PEN_STR("Rar!\x1a\x07"), PEN_MAGIC_ARCHIVE},
    {PEN_STR("\x28\xb5\x2f\xfd"), PEN_MAGIC_ARCHIVE}, /* zstd */
    {PEN_STR("\x7f"
             "ELF"),
     PEN_MAGIC_PROGRAM},
    {PEN_STR("MZ"), PEN_MAGIC_PROGRAM},               /* PE and DOS */
    {PEN_STR("\xca\xfe\xba\xbe"), PEN_MAGIC_PROGRAM}, /* Java class, Mach-O of several kinds */
    {PEN_STR("\xfe\xed\xfa\xce"), PEN_MAGIC_PROGRAM}, /* Mach-O, as the next three */
    {PEN_STR("\xfe\xed\xfa\xcf"), PEN_MAGIC_PROGRAM},
    {PEN_STR("\xce\xfa\xed\xfe"), PEN_MAGIC_PROGRAM},
    {PEN_STR("\xcf\xfa\xed\xfe"), PEN_MAGIC_PROGRAM},
    {PEN_STR("\0asm"), PEN_MAGIC_PROGRAM},
    {PEN_STR("dex\n"), PEN_MAGIC_PROGRAM},
    {PEN_STR("L\0\0\0\1\x14\2\0"), PEN_MAGIC_PROGRAM}, /* Windows shortcut */
    {PEN_STR("#!AMR"), PEN_MAGIC_UNKNOWN},             /* sound, as the next */
    {PEN_STR("#!SILK"), PEN_MAGIC_UNKNOWN},
    {PEN_STR("#!"), PEN_MAGIC_PROGRAM},
};

/* In lower case; read so behind white space. */
static const struct pen_str markup[] = {
    PEN_STR("<!doctype"), PEN_STR("<!--"),    PEN_STR("<?xml"),   PEN_STR("<?php"),
    PEN_STR("<?="),       PEN_STR("<%"),      PEN_STR("<html"),   PEN_STR("<head"),
    PEN_STR("<body"),     PEN_STR("<script"), PEN_STR("<svg"),    PEN_STR("<iframe"),
    PEN_STR("<img"),      PEN_STR("<style"),  PEN_STR("<div"),    PEN_STR("<table"),
    PEN_STR("<title"),    PEN_STR("<a "),     PEN_STR("<h1"),     PEN_STR("<p>"),
    PEN_STR("<font"),     PEN_STR("<br"),     PEN_STR("<object"), PEN_STR("<embed"),
    PEN_STR("<link"),     PEN_STR("<meta"),   PEN_STR("<xsl:"),
};

static struct pen_str skip_mark_and_space(struct pen_str text)
{
    const struct pen_str mark = PEN_STR("\xef\xbb\xbf");
    size_t at = pen_str_starts(text, mark) ? mark.len : 0;
    while (at < text.len && pen_is_html_space(text.ptr[at])) {
        at++;
    }
    return pen_str_slice(text, at, text.len);
}

enum pen_magic pen_magic_of(struct pen_str content)
{
    for (size_t i = 0; i < PEN_COUNT_OF(numbers); i++) {
        if (pen_str_starts(content, numbers[i].bytes)) return numbers[i].magic;
    }
    if (pen_str_starts(content, PEN_S("RIFF"))
        && pen_str_equal(pen_str_slice(content, 8, 12), PEN_S("WEBP"))) {
        return PEN_MAGIC_PICTURE;
    }
    const struct pen_str text = skip_mark_and_space(content);
    if (text.len == 0 || text.ptr[0] != '<') return PEN_MAGIC_UNKNOWN;
    for (size_t i = 0; i < PEN_COUNT_OF(markup); i++) {
        if (pen_str_starts_fold(text, markup[i])) return PEN_MAGIC_MARKUP;
    }
    return PEN_MAGIC_UNKNOWN;
}

/* Types whose content nobody runs, and that pages show or offer because they are such. */
static bool claims_to_be_inert(const struct pen_media_type *type)
{
    static const struct pen_str tops[] = {PEN_STR("image"), PEN_STR("audio"), PEN_STR("video"),
                                          PEN_STR("font")};
    static const struct pen_str names[] = {
        PEN_STR("application/pdf"), PEN_STR("application/zip"), PEN_STR("application/gzip"),
        PEN_STR("application/x-gzip"), PEN_STR("application/x-zip-compressed")};
    for (size_t i = 0; i < PEN_COUNT_OF(tops); i++) {
        if (pen_media_type_is(type, tops[i])) return true;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_equal_fold(type->name, names[i])) return true;
    }
    return false;
}

bool pen_magic_fits(enum pen_magic magic, const struct pen_media_type *type)
{
    if (magic != PEN_MAGIC_MARKUP && magic != PEN_MAGIC_PROGRAM) return true;
    const struct pen_str suffix = PEN_STR("+xml");
    const size_t length = type->name.len;
    if (magic == PEN_MAGIC_MARKUP && length > suffix.len
        && pen_str_equal_fold(pen_str_slice(type->name, length - suffix.len, length), suffix)) {
        return true;
    }
    return !claims_to_be_inert(type);
}
