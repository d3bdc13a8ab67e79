/** What Unicode says of a code point, as far as IDNA 2008 asks. Constant; any thread. */
#ifndef PEN_SCHEMA_IDN_TABLE_H
#define PEN_SCHEMA_IDN_TABLE_H

#include "filters/core/str.h"

enum pen_idn_derived {
    PEN_IDN_DISALLOWED, /* or unassigned */
    PEN_IDN_PVALID,
    PEN_IDN_CONTEXTJ,
    PEN_IDN_CONTEXTO,
};

enum pen_idn_bidi {
    PEN_IDN_BIDI_LEFT,          /* L */
    PEN_IDN_BIDI_RIGHT,         /* R, AL */
    PEN_IDN_BIDI_NUMBER,        /* EN */
    PEN_IDN_BIDI_ARABIC_NUMBER, /* AN */
    PEN_IDN_BIDI_NEUTRAL,       /* ES, CS, ET, ON, BN: in labels of both directions */
    PEN_IDN_BIDI_MARK,          /* NSM */
    PEN_IDN_BIDI_OTHER,         /* in none */
};

enum pen_idn_joining {
    PEN_IDN_JOINING_NONE, /* U, C */
    PEN_IDN_JOINING_LEFT,
    PEN_IDN_JOINING_RIGHT,
    PEN_IDN_JOINING_DUAL,
    PEN_IDN_JOINING_THROUGH, /* T */
};

enum pen_idn_script {
    PEN_IDN_SCRIPT_OTHER,
    PEN_IDN_SCRIPT_GREEK,
    PEN_IDN_SCRIPT_HEBREW,
    PEN_IDN_SCRIPT_KANA_OR_HAN,
};

struct pen_idn_class {
    uint8_t derived;   /* enum pen_idn_derived; for DISALLOWED the rest is void */
    uint8_t is_mark;   /* General_Category M */
    uint8_t bidi;      /* enum pen_idn_bidi */
    uint8_t joining;   /* enum pen_idn_joining */
    uint8_t script;    /* enum pen_idn_script */
    uint8_t combining; /* Canonical_Combining_Class */
    uint8_t composes;  /* may compose with what precedes: NFC_Quick_Check is Maybe */
};

const struct pen_idn_class *pen_idn_class_of(uint32_t scalar);

/** Canonical composition, among code points that are allowed. */
bool pen_idn_compose(uint32_t first, uint32_t second, uint32_t *out);

/** One step of canonical decomposition; false: it does not decompose. Syllables of Hangul stay:
 *  what they decompose to is disallowed. */
bool pen_idn_decompose(uint32_t scalar, uint32_t *first, uint32_t *second);

#endif
