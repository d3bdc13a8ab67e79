/**
 * A strict, small XML 1.0 reader (fifth edition, with Namespaces in XML 1.0) without DTDs.
 *
 * The tree is made of JSON's nodes, so that leaves, paths and filters know one kind of tree:
 *
 *   document   OBJECT without a name; its children are the root element and what stands beside it
 *   element    OBJECT, name as written: "soap:Body"
 *   attribute  STRING "@name", value normalised (section 3.3.3); declarations of namespaces, too
 *   text       STRING "#text": characters, CDATA sections and references up to the next tag as one,
 *              also across comments and processing instructions. White space alone is dropped
 *   comment    STRING "#comment"
 *   PI         STRING "?target"
 *
 * Libraries do not agree on what an element's text is; their other readings are nodes of their own:
 *
 *   STRING "#part"    one piece of a text that a comment, a PI or a CDATA section's edge divides,
 *                     where there are several (DOM's nodeValue, lxml's .text)
 *   STRING "#joined"  all "#text" of an element that has several, joined; white space that was
 *                     dropped is one space (Go's chardata, PHP's string of an element)
 *
 * What has two readings or none is refused. A DOCTYPE is refused in any form: there are no entities
 * but the five of section 4.6 and nothing outside of the document. Docs: docs/events/xml.md.
 */
#ifndef PEN_CORE_BODY_XML_H
#define PEN_CORE_BODY_XML_H

#include "filters/core/json.h"

#define PEN_XML_ATTRIBUTES 256 /* of one element; tables of the widest formats have some dozens */
#define PEN_XML_NAMESPACES \
    256 /* names and prefixes a document declares; XBRL's reports: a hundred */

/**
 * Read one whole document.
 *
 * @param source  kept by reference: texts without references point into it. A UTF-8 byte-order mark
 *                is skipped (section 4.3.3)
 * @param limits  depth counts elements, nodes everything, string_bytes each name and text; NULL for
 *                the defaults of JSON's
 * @param error   filled on every error; may be NULL. Codes: "xml.attribute" ('<' in a value),
 *                "xml.attributes" (too many), "xml.cdata" (']]>' in text), "xml.comment" ('--'),
 *                "xml.control", "xml.declaration", "xml.depth", "xml.doctype",
 *                "xml.duplicate_attribute", "xml.empty", "xml.encoding", "xml.entity",
 *                "xml.memory", "xml.mismatch", "xml.name", "xml.namespace", "xml.namespaces",
 *                "xml.nodes", "xml.prefix", "xml.reference", "xml.string", "xml.syntax",
 *                "xml.trailing", "xml.truncated", "xml.utf8", "xml.version"
 *
 * Ownership: the tree lives as long as `arena` and `source`.
 * Errors:    PEN_ERR_SYNTAX, PEN_ERR_LIMIT, PEN_ERR_NOMEM; `out` untouched
 * Cost:      linear; duplicate attributes O(n log n) in those of one element, n <= 256
 */
PEN_MUST_USE enum pen_status pen_xml_read(struct pen_str source,
                                          const struct pen_json_limits *limits,
                                          struct pen_arena *arena, const struct pen_json **out,
                                          struct pen_json_error *error);

/**
 * The same for a text that has been decoded, as a string of JSON is: what its declaration says of
 * an encoding is moot (.NET's StringWriter says "utf-16"), and not looked at.
 */
PEN_MUST_USE enum pen_status pen_xml_read_string(struct pen_str source,
                                                 const struct pen_json_limits *limits,
                                                 struct pen_arena *arena,
                                                 const struct pen_json **out,
                                                 struct pen_json_error *error);

/**
 * Where a node of such a tree stands, much as XPath says it: `/order/item[2]/@id`. The index, from
 * 1, appears where several siblings have the name. A "#text" that is the only one of its element is
 * named as the element. Written to `buf`; look at `buf->full`.
 */
void pen_xml_path(const struct pen_json *node, struct pen_buf *buf);

/** Worth a try as a document: begins with '<' and ends with '>', white space aside. */
bool pen_xml_looks_like(struct pen_str text);

#endif
