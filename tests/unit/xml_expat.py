"""The XML reader and expat, an independent one, over small documents made at random.

What we accept expat accepts, with the same names, values, texts, comments and instructions; what we refuse and
expat accepts we refuse for a reason that is a decision of ours.

Usage: xml_expat.py XML_TEXTS [COUNT [SEED]]
"""
import json
import random
import struct
import subprocess
import sys

try:
    from xml.parsers import expat
except ImportError:
    print("no expat here")
    sys.exit(77)

# Decisions of ours that are stricter than expat's: docs/events/xml.md says why.
STRICTER = {"xml.doctype", "xml.encoding", "xml.version", "xml.attributes", "xml.namespaces", "xml.depth"}

NAMES = ["a", "b", "a", "p:a", "q:b", "xml:lang", "é", "中", "a-1.b", "_", "xmlns", "xmlns:p", "x:y:z", "1", "", ":", "a:"]
TEXTS = ["x", " ", "\n", "\r\n", "\r", "\t", "&lt;", "&amp;", "&#39;", "&#x41;", "&#13;", "&#32;", "&#0;", "&#xD800;",
         "&#x10FFFF;", "&#x110000;", "&nbsp;", "&", "&#;", "]]>", "]]", "]", ">", "'", '"', "é", "\U0001F600", "\x7f",
         "\x85", "\ufffe", "\x01", "--", "?>", "<", "union", "&#00065;", "&LT;", "&#X41;", "&lt"]
MARKUP = ["<!--x-->", "<!---->", "<!-- - -->", "<!-- -- -->", "<!--->", "<?p?>", "<?p q?>", "<?p  q ? > ?>", "<?xml?>",
          "<?XML x?>", "<?p:q?>", "<? p?>", "<![CDATA[]]>", "<![CDATA[<&>]]>", "<![CDATA[ ]]>", "<![CDATA[]]]]>",
          "<![CDATA[x\r\ny]]>", "<![cdata[x]]>", "<!DOCTYPE a>", "<!x>"]
VALUES = ["", "u", "v", "1", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"]
HEADS = ["", "", "", "", "\ufeff", " ", "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding='utf-8'?>\n",
         "<?xml version='1.0' standalone='yes' ?>", "<?xml version='1.0' encoding='UTF-8' standalone='no'?>",
         "<?xml version='1.1'?>", "<?xml version='1.0' encoding='latin-1'?>", "<?xml version='1.0' standalone='maybe'?>",
         "<?xml encoding='utf-8'?>", "<?xml version='1.0'encoding='utf-8'?>", "<?xml version = '1.0'?>",
         "<?xml version='1.0' standalone='yes' encoding='utf-8'?>", " <?xml version='1.0'?>", "<?xml ?>"]


class Maker:
    """Mostly well-formed documents: each choice is a good one or, seldom, any."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, good, every):
        return self.random.choice(every if self.random.random() < 0.03 else good)

    def name(self):
        return self.some(NAMES[:9], NAMES)

    def attribute(self):
        quote = self.random.choice("'\"")
        inside = "".join(self.some([t for t in TEXTS[:12] if quote not in t], TEXTS)
                         for _ in range(self.random.randrange(3)))
        name = self.some(["a", "b", "p:a", "q:a", "p:b", "xmlns:p", "xmlns:q", "xmlns", "é"], NAMES)
        if name.startswith("xmlns"):
            inside = self.some(VALUES[1:4], VALUES)
        equals = self.random.choice(["=", "=", " = ", "=\n"])
        return self.some([" ", " ", "\n", "\t "], ["", " "]) + name + equals + quote + inside + quote

    def element(self, depth):
        name = self.some(["a", "b", "é"] if depth > 2 else ["a", "b", "p:a", "q:b", "é", "a-1.b"], NAMES)
        declared = " xmlns:p='u' xmlns:q='%s'" % self.some(["v", "v", "u"], VALUES) if depth == 0 else ""
        tag = "<" + name + declared + "".join(self.attribute() for _ in range(self.random.choice([0, 0, 1, 2, 3])))
        if self.random.random() < 0.3:
            return tag + self.some(["/>", " />"], [">", "/ >"])
        inside = "".join(self.content(depth + 1) for _ in range(self.random.randrange(5)))
        return tag + ">" + inside + "</" + self.some([name], NAMES) + self.some([">", " >"], ["", ">"])

    def content(self, depth):
        choice = self.random.random()
        if choice < 0.3 and depth < 5:
            return self.element(depth)
        if choice < 0.75:
            return self.some(TEXTS[:12] + ["union", "]", ">", "\U0001F600"], TEXTS)
        return self.some([m for m in MARKUP[:15] if m not in ("<!-- -- -->", "<!--->", "<?xml?>", "<?XML x?>", "<?p:q?>",
                                                             "<? p?>")], MARKUP)

    def misc(self):
        return self.some(["", "", "", "\n", "<!--x-->", "<?p q?>"], MARKUP + TEXTS)

    def document(self):
        text = self.some(HEADS[:8], HEADS) + self.misc() + self.element(0) + self.misc()
        raw = bytearray(text.encode("utf-8", "surrogatepass"))
        for _ in range(self.random.choice([0, 0, 0, 1, 2])):
            at = self.random.randrange(len(raw) + 1)
            change = self.random.random()
            if change < 0.4 and raw:
                del raw[at:at + self.random.randrange(1, 4)]
            elif change < 0.8:
                raw[at:at] = bytes([self.random.choice(b"<>&;'\"/=]!-? :x#\r\n\xc3\xef\x00")])
            else:
                del raw[at:]
        return bytes(raw)


class Refused(Exception):
    pass


def with_expat(document, namespaces):
    """The events of expat in our form: white space alone dropped, texts joined up to the next tag."""
    tree, text, aside = [], [], []

    def flush():
        joined = "".join(text)
        text.clear()
        tree.extend(aside)
        aside.clear()
        if joined.strip(" \t\r\n"):
            tree.append(["text", joined])

    def start(name, attributes):
        flush()
        tree.append(["start", name])
        tree.extend(["attribute", attributes[i], attributes[i + 1]] for i in range(0, len(attributes), 2))

    def end(_):
        flush()
        tree.append(["end"])

    # The separator is no character of XML: expat refuses namespaces that hold it.
    parser = expat.ParserCreate(None, "\f") if namespaces else expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.CommentHandler = lambda data: aside.append(["comment", data])
    parser.ProcessingInstructionHandler = lambda target, data: aside.append(["instruction", target, data])
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise Refused(expat.ErrorString(error.code)) from None
    except (LookupError, ValueError) as error:
        raise Refused(str(error)) from None
    tree.extend(aside)
    return tree


def judge(document, ours):
    """A sentence about what is wrong, or None."""
    try:
        with_expat(document, True)
        tree = with_expat(document, False)
    except Refused as error:
        return None if "refused" in ours else f"accepted, and expat says: {error}"
    if "refused" in ours:
        return None if ours["refused"] in STRICTER else f"refused with {ours['refused']}, and expat accepts"
    return None if ours["tree"] == tree else f"read as {ours['tree']}, by expat as {tree}"


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    maker = Maker(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    documents = [maker.document() for _ in range(count)]
    asked = b"".join(struct.pack("<I", len(document)) + document for document in documents)
    answer = subprocess.run([program], input=asked, stdout=subprocess.PIPE, check=True).stdout
    lines = answer.decode().split("\n")[:-1]  # not splitlines(): it knows more line ends than we write
    if len(lines) != count:
        sys.exit(f"{len(lines)} answers to {count} documents")
    wrong = accepted = 0
    for document, line in zip(documents, lines):
        ours = json.loads(line)
        accepted += "tree" in ours
        complaint = judge(document, ours)
        if complaint:
            wrong += 1
            if wrong <= 20:
                print(f"{document!r}\n    {complaint}")
    print(f"{count} documents, {accepted} accepted, {wrong} differences")
    # Too few of either kind would test nothing.
    return 1 if wrong or not count / 5 < accepted < count * 4 / 5 else 0


if __name__ == "__main__":
    sys.exit(main())
