/** What the attributes of a CloudEvent may say. Pure; any thread. */
#ifndef PEN_CORE_CLOUDEVENTS_ATTRIBUTE_H
#define PEN_CORE_CLOUDEVENTS_ATTRIBUTE_H

#include "filters/core/str.h"

/** The attributes of the core specification; every other one is an extension. */
enum pen_cloudevents_attribute {
    PEN_CLOUDEVENTS_ID,
    PEN_CLOUDEVENTS_SOURCE,
    PEN_CLOUDEVENTS_SPECVERSION,
    PEN_CLOUDEVENTS_TYPE,
    PEN_CLOUDEVENTS_REQUIRED_COUNT, /* those above must be there */
    PEN_CLOUDEVENTS_SUBJECT = PEN_CLOUDEVENTS_REQUIRED_COUNT,
    PEN_CLOUDEVENTS_TIME,
    PEN_CLOUDEVENTS_DATACONTENTTYPE,
    PEN_CLOUDEVENTS_DATASCHEMA,
    PEN_CLOUDEVENTS_EXTENSION,
};

/** By its name in lower case. */
enum pen_cloudevents_attribute pen_cloudevents_attribute_named(struct pen_str name);

/** "cloudevents.id" ... "cloudevents.extension": the reason when it is missing or wrong. */
const char *pen_cloudevents_attribute_code(enum pen_cloudevents_attribute attribute);

/** Lower-case letters and digits, at least one, and not "data". (CloudEvents section 3, naming) */
bool pen_cloudevents_is_name(struct pen_str name);

/** May the attribute have this text as its value? Valid UTF-8 is taken for granted. */
bool pen_cloudevents_attribute_fits(enum pen_cloudevents_attribute attribute, struct pen_str text);

#endif
