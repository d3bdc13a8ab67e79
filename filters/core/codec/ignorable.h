/** Code points that are shown as nothing: what many programs drop and people never see. */
#ifndef PEN_CORE_CODEC_IGNORABLE_H
#define PEN_CORE_CODEC_IGNORABLE_H

#include "filters/core/str.h"

/**
 * Bytes of the default-ignorable code point at `at`, in shortest UTF-8; 0 when none begins there.
 * NFKC_Casefold removes them. Pure; any thread; constant time.
 *
 * Source: Unicode, DerivedCoreProperties.txt, Default_Ignorable_Code_Point
 */
size_t pen_codec_ignorable(struct pen_str text, size_t at);

#endif
