/** What the names of functions, modules and members are worth to who runs code. A table. */
#ifndef PEN_FILTERS_CODE_NAMES_H
#define PEN_FILTERS_CODE_NAMES_H

#include "filters/core/str.h"

enum pen_code_kind {
    PEN_CODE_KEYWORD,
    PEN_CODE_RUNS,       /* a command of the system: system(), execSync() */
    PEN_CODE_EVALUATES,  /* a text as a program: eval(), Function() */
    PEN_CODE_REPLACES,   /* preg_replace(), whose modifier /e evaluates */
    PEN_CODE_LOADS,      /* a module or file by its name: require(), __import__() */
    PEN_CODE_BINDS,      /* the insides of Node: process.binding() */
    PEN_CODE_CALLS_BACK, /* what is named by a text: call_user_func(), send() */
    PEN_CODE_FETCHES,    /* a member named by a text: getattr(), getMethod() */
    PEN_CODE_DECODES,    /* base64_decode(), atob() */
    PEN_CODE_CHARACTERS, /* chr(105), String.fromCharCode(105,100) */
    PEN_CODE_TELLS,      /* about the system: phpinfo() */
    PEN_CODE_READS,      /* a file */
    PEN_CODE_WRITES,
    PEN_CODE_WAITS,   /* sleep() */
    PEN_CODE_SHOWS,   /* print(), die(): how a probe is seen */
    PEN_CODE_INPUT,   /* what was sent: $_GET */
    PEN_CODE_OWNER,   /* a module or object that has such functions */
    PEN_CODE_MACHINE, /* Java's Runtime and its kin; engines of scripts */
    PEN_CODE_CLASSES, /* a class by its name: Class.forName() */
    PEN_CODE_WALKS,   /* from an object to its class and on: __mro__, getClass() */
    PEN_CODE_BUILDER, /* JavaScript's constructor */
};

/* Of names. */
#define PEN_CODE_SURE    0x001U /* no word that an ordinary function is called by */
#define PEN_CODE_ANY     0x002U /* whatever object it is a member of */
#define PEN_CODE_OWNED   0x004U /* only as a member of an owner that is known */
#define PEN_CODE_CAPITAL 0x008U /* only when it begins with one */
#define PEN_CODE_LEADS   0x010U /* a key word: what follows is no second operand */
#define PEN_CODE_INFIX   0x020U /* a key word between two operands */
#define PEN_CODE_LOOSE   0x040U /* of English more often: between operands in brackets only */
#define PEN_CODE_COMMAND 0x080U /* takes its argument without parentheses too */
#define PEN_CODE_BUILDS                                                      \
    0x100U /* a key word of what only whole programs have: def, class, while \
            */

/* Of values: what they lead to. */
#define PEN_CODE_COMMANDS     0x001U /* a module that runs commands */
#define PEN_CODE_PROCESS      0x002U /* Node's process */
#define PEN_CODE_ROOT         0x004U /* an object that has the global functions */
#define PEN_CODE_FILES        0x008U
#define PEN_CODE_ENGINE       0x010U /* evaluates scripts */
#define PEN_CODE_JAVA         0x020U /* Java's packages */
#define PEN_CODE_MACHINE_LEAD 0x040U /* java.lang.Runtime, ProcessBuilder */
#define PEN_CODE_MADE         0x080U /* a function made of a text: to call it runs the text */
#define PEN_CODE_SENT         0x100U /* by the caller: $_GET */
#define PEN_CODE_DECODED      0x200U
#define PEN_CODE_WALKED       0x400U /* a step from an object to its class */
#define PEN_CODE_TAKEN        0x800U /* reached in a way that programs do not take */

struct pen_code_name {
    struct pen_str name; /* in lower case */
    enum pen_code_kind kind;
    unsigned flags;
    unsigned leads;
};

/** The entry of `word` in any case, or NULL. */
const struct pen_code_name *pen_code_name_of(struct pen_str word);

/** What the module or class `name` leads to when it is loaded by its name; 0: nothing. */
unsigned pen_code_module(struct pen_str name);

#endif
