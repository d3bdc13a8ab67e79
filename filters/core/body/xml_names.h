/**
 * Namespaces in XML 1.0: which prefix means what, from which element on.
 *
 * Prefixes and namespace names are numbered, so that no input makes looking them up or comparing
 * them cost more than its own bytes.
 */
#ifndef PEN_CORE_BODY_XML_NAMES_H
#define PEN_CORE_BODY_XML_NAMES_H

#include "filters/core/json.h"

struct pen_xml_scope;

/**
 * Of an element whose attributes are its children: note what it declares, then prove that every
 * prefix is declared and no two attributes have the same name, as written or expanded.
 *
 * @param scope       points at NULL before the first element that needs one
 * @param has_prefix  the element or an attribute has one, or a namespace is declared: else there is
 *                    nothing to look up
 * @param code        of the error
 * @param wrong       the attribute (or the element) that the error is about
 *
 * Errors: PEN_ERR_SYNTAX "xml.duplicate_attribute", "xml.namespace", "xml.prefix";
 *         PEN_ERR_LIMIT "xml.namespaces"; PEN_ERR_NOMEM "xml.memory"
 */
PEN_MUST_USE enum pen_status pen_xml_scope_enter(struct pen_xml_scope **scope,
                                                 const struct pen_json *element, bool has_prefix,
                                                 struct pen_arena *arena, const char **code,
                                                 const struct pen_json **wrong);

/** Forget what `element`, the innermost, declared. `scope` may be NULL. */
void pen_xml_scope_leave(struct pen_xml_scope *scope, const struct pen_json *element);

#endif
