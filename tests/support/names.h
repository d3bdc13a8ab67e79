/**
 * A resolver that does as the test says: every call of ours to getaddrinfo comes here, none of a
 * shared library's. Linked into programs with --wrap=getaddrinfo.
 */
#ifndef PEN_TESTS_NAMES_H
#define PEN_TESTS_NAMES_H

/**
 * What names mean from now on: "many.test=127.0.0.2,127.0.0.1 gone.test=gone slow.test=hang". A
 * name may also be "down": its servers do not answer. Where it hangs the call comes back when it
 * means something else. Any other name, and all of them without `names`, are looked up in earnest.
 * At the start it is PEN_NAMES of the environment.
 *
 * @param names  kept by reference
 */
void names_mean(const char *names);

/** Calls begun since the start. */
unsigned names_asked(void);

#endif
