/**
 * What the first bytes of a file say that it is, held against what its type says.
 *
 * Not to find out how to read it: that is the type's to say. But a page or a program that is
 * uploaded as a picture is there to be taken for one and run as the other. Pure; any thread.
 */
#ifndef PEN_CORE_BODY_MAGIC_H
#define PEN_CORE_BODY_MAGIC_H

#include "filters/core/body/media_type.h"

enum pen_magic {
    PEN_MAGIC_UNKNOWN,
    PEN_MAGIC_PICTURE,  /* png, jpeg, gif, webp, ... */
    PEN_MAGIC_DOCUMENT, /* pdf, rtf, OLE */
    PEN_MAGIC_ARCHIVE,  /* zip, gzip, 7z, ... */
    PEN_MAGIC_MARKUP,   /* what a browser runs or a server includes: html, svg, xml, php */
    PEN_MAGIC_PROGRAM,  /* ELF, PE, Mach-O, class, wasm, "#!" */
};

/** By the first bytes alone; markup also behind white space and a byte-order mark. */
enum pen_magic pen_magic_of(struct pen_str content);

/**
 * May a part of this type begin so? A picture, sound, film, font, PDF or archive must not begin as
 * markup or a program does; image/svg+xml and its like are markup. What is unknown may, and so may
 * anything under a type that claims nothing, as application/octet-stream.
 */
bool pen_magic_fits(enum pen_magic magic, const struct pen_media_type *type);

#endif
