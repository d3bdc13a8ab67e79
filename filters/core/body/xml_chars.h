/** Characters and names as XML 1.0 (fifth edition) has them: sections 2.2 and 2.3. Pure. */
#ifndef PEN_CORE_BODY_XML_CHARS_H
#define PEN_CORE_BODY_XML_CHARS_H

#include "filters/core/str.h"

enum pen_xml_class {
    PEN_XML_SPACE = 1, /* S */
    PEN_XML_NAME_START =
        2,                 /* ASCII of NameStartChar; ':' is one, bytes above ASCII are looked at */
    PEN_XML_NAME = 4,      /* ASCII of NameChar */
    PEN_XML_TEXT_STOP = 8, /* ends a plain run of text */
    PEN_XML_VALUE_STOP = 16 /* ends a plain run of an attribute's value */
};

/** Bits of enum pen_xml_class for each byte. */
extern const unsigned char pen_xml_classes[256];

static inline bool pen_xml_is(char c, enum pen_xml_class wanted)
{
    return (pen_xml_classes[(unsigned char)c] & wanted) != 0;
}

/** Char: what a document may consist of, and a character reference may name. */
bool pen_xml_is_char(uint32_t scalar);

/**
 * Length of the prefix that is valid UTF-8 and nothing but Char. `code`, where it is shorter than
 * `text`, is "xml.utf8" or "xml.control".
 */
size_t pen_xml_valid_prefix(struct pen_str text, const char **code);

/** Length of the Name that valid UTF-8 `text` begins with; 0 when there is none. */
size_t pen_xml_name_length(struct pen_str text);

/**
 * Is a Name a QName? `colon` is where its colon stands, `name.len` without one.
 * Source: Namespaces in XML 1.0 section 4
 */
bool pen_xml_is_qname(struct pen_str name, size_t *colon);

/** White space only, or empty. */
bool pen_xml_is_blank(struct pen_str text);

#endif
