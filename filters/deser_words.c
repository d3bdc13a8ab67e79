/** Each word hangs on its sign and on two bytes beside it. */
#include "filters/deser_words.h"

#include <string.h>

#define CERTAIN 92
#define OBJECT  88
#define LIKELY  80
#define DATA    72  /* plain data in such a stream: it is read by the same reader */
#define BYTES   256 /* values of a byte, and of the hash of three */

#define M PEN_DESER_MAGIC
#define G PEN_DESER_GADGET
#define W PEN_DESER_WORD

_Static_assert(PEN_DESER_WORDS <= UINT8_MAX, "words are numbered in a byte");

const struct pen_deser_word pen_deser_words[PEN_DESER_WORDS] = {
    {PEN_STR("rO0AB"), '0', M, "deser.java", 90, 12},
    {PEN_STR("\xac\xed\x00\x05"), '\xed', M, "deser.java", 90, 6},
    {PEN_STR("aced0005"), '0', M, "deser.java", OBJECT, 16},
    {PEN_STR("ACED0005"), '0', M, "deser.java", OBJECT, 16},
    {PEN_STR("AAEAAAD/////"), '/', M, "deser.dotnet", 90, 24},
    {PEN_STR("gASV"), 'V', M, "deser.pickle", OBJECT, 24},
    {PEN_STR("gAN"), 'N', M, "deser.pickle", LIKELY, 24},
    {PEN_STR("\x04\x08o:"), '\x08', M, "deser.ruby", OBJECT, 6},
    {PEN_STR("\x04\x08["), '\x08', M, "deser.ruby", LIKELY, 6},
    {PEN_STR("/wEy"), '/', M, "deser.dotnet", OBJECT, 24}, /* a view state's wrapping of AAEAAAD */
    {PEN_STR("\x04\x08U:"), '\x08', M, "deser.ruby", LIKELY, 6},
    {PEN_STR("BAhVOh"), 'V', M, "deser.ruby", LIKELY, 16},
    {PEN_STR("BAhvOg"), 'v', M, "deser.ruby", OBJECT, 16},
    {PEN_STR("BAhbCG"), 'b', M, "deser.ruby", LIKELY, 16},
    /* ysoserial, ysoserial.net, marshalsec. */
    {PEN_STR("com.sun.rowset.JdbcRowSetImpl"), '.', G, NULL, 0, 0},
    {PEN_STR("com.sun.org.apache.xalan"), '.', G, NULL, 0, 0},
    {PEN_STR("com.sun.org.apache.bcel"), '.', G, NULL, 0, 0},
    {PEN_STR("org.apache.xalan"), '.', G, NULL, 0, 0},
    {PEN_STR("org.apache.tomcat.dbcp"), '.', G, NULL, 0, 0},
    {PEN_STR("org.apache.commons.dbcp"), '.', G, NULL, 0, 0},
    {PEN_STR("org.apache.commons.collections"), '.', G, NULL, 0, 0},
    {PEN_STR("org.apache.commons.configuration"), '.', G, NULL, 0, 0},
    {PEN_STR("org.apache.ibatis.datasource"), '.', G, NULL, 0, 0},
    {PEN_STR("org.apache.xbean"), '.', G, NULL, 0, 0},
    {PEN_STR("org.springframework.context.support.ClassPathXmlApplicationContext"), '.', G, NULL, 0,
     0},
    {PEN_STR("org.springframework.context.support.FileSystemXmlApplicationContext"), '.', G, NULL,
     0, 0},
    {PEN_STR("org.springframework.beans.factory.config.PropertyPathFactoryBean"), '.', G, NULL, 0,
     0},
    {PEN_STR("org.codehaus.groovy.runtime"), '.', G, NULL, 0, 0},
    {PEN_STR("org.hibernate.jmx"), '.', G, NULL, 0, 0},
    {PEN_STR("com.mchange.v2.c3p0"), '.', G, NULL, 0, 0},
    {PEN_STR("com.zaxxer.hikari"), '.', G, NULL, 0, 0},
    {PEN_STR("ch.qos.logback.core.db"), '.', G, NULL, 0, 0},
    {PEN_STR("br.com.anteros.dbcp"), '.', G, NULL, 0, 0},
    {PEN_STR("oracle.jdbc.rowset"), '.', G, NULL, 0, 0},
    {PEN_STR("org.springframework.aop"), '.', G, NULL, 0, 0},
    {PEN_STR("org.springframework.jndi"), '.', G, NULL, 0, 0},
    {PEN_STR("com.sun.jndi"), '.', G, NULL, 0, 0},
    {PEN_STR("com.rometools.rome"), '.', G, NULL, 0, 0},
    {PEN_STR("groovy.util.Expando"), '.', G, NULL, 0, 0},
    {PEN_STR("net.sf.ehcache.transaction.manager"), '.', G, NULL, 0, 0},
    {PEN_STR("javax.script.ScriptEngineManager"), '.', G, NULL, 0, 0},
    {PEN_STR("javax.naming.InitialContext"), '.', G, NULL, 0, 0},
    {PEN_STR("javax.management.BadAttributeValueExpException"), '.', G, NULL, 0, 0},
    {PEN_STR("java.lang.ProcessBuilder"), '.', G, NULL, 0, 0},
    {PEN_STR("java.lang.Runtime"), '.', G, NULL, 0, 0},
    {PEN_STR("java.beans.XMLDecoder"), '.', G, NULL, 0, 0},
    {PEN_STR("java.beans.EventHandler"), '.', G, NULL, 0, 0},
    {PEN_STR("java.net.URLClassLoader"), '.', G, NULL, 0, 0},
    {PEN_STR("sun.rmi.server"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Windows.Data.ObjectDataProvider"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Diagnostics.Process"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Configuration.Install.AssemblyInstaller"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Security.Principal.WindowsIdentity"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Workflow.ComponentModel"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Activities.Presentation"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Management.Automation.PSObject"), '.', G, NULL, 0, 0},
    {PEN_STR("Microsoft.VisualStudio.Text.Formatting"), '.', G, NULL, 0, 0},
    {PEN_STR("System.IO.FileInfo"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Windows.Application"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Windows.ResourceDictionary"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Windows.Markup.XamlReader"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Data.Services.Internal.ExpandedWrapper"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Web.UI.LosFormatter"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Web.UI.ObjectStateFormatter"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Web.Security.RolePrincipal"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Runtime.Remoting"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Resources.ResX"), '.', G, NULL, 0, 0},
    {PEN_STR("System.CodeDom.Compiler"), '.', G, NULL, 0, 0},
    {PEN_STR("System.Xaml.XamlServices"), '.', G, NULL, 0, 0},
    {PEN_STR("$type"), '$', PEN_DESER_CHOICE, NULL, 0, 0},
    {PEN_STR("@type"), '@', PEN_DESER_CHOICE, NULL, 0, 0},
    {PEN_STR("@class"), '@', PEN_DESER_CHOICE, NULL, 0, 0},
    {PEN_STR("class=\""), '=', PEN_DESER_CHOICE, NULL, 0, 0},
    {PEN_STR("PublicKeyToken="), '=', PEN_DESER_ASSEMBLY, NULL, 0, 0},
    {PEN_STR("_$$ND_FUNC$$_"), '$', W, "deser.node", 95, 0},
    {PEN_STR("__HALT_COMPILER()"), '_', W, "deser.phar", OBJECT, 0},
    {PEN_STR("new Phar("), '(', W, "deser.phar", DATA, 0},
    {PEN_STR("->setMetadata("), '(', W, "deser.phar", DATA, 0},
    {PEN_STR("class=\"java.beans.XMLDecoder\""), '=', W, "deser.xml", CERTAIN, 0},
    {PEN_STR("<object class=\"java.lang."), '<', W, "deser.xml", CERTAIN, 0},
    {PEN_STR("<void class=\"java.lang."), '<', W, "deser.xml", CERTAIN, 0},
    {PEN_STR("<dynamic-proxy>"), '<', W, "deser.xml", OBJECT, 0},
    {PEN_STR("<java.util.PriorityQueue"), '<', W, "deser.xml", OBJECT, 0},
    {PEN_STR("java.beans.EventHandler"), '.', W, "deser.xml", LIKELY, 0},
    {PEN_STR("$$BCEL$$"), '$', W, "deser.java", OBJECT, 0},
    {PEN_STR("_CRYO_FUNCTION_"), '_', W, "deser.node", OBJECT, 0},
    {PEN_STR("_CRYO_REF_"), '_', W, "deser.node", LIKELY, 0},
    {PEN_STR("<ObjectDataProvider"), '<', W, "deser.xml", OBJECT, 0},
    {PEN_STR("clr-namespace:System.Diagnostics"), ':', W, "deser.xml", OBJECT, 0},
    {PEN_STR("ExpandedWrapper`2[["), '`', W, "deser.xml", CERTAIN, 0},
    {PEN_STR("schemas.datacontract.org/2004/07/System.Diagnostics"), '.', W, "deser.xml", OBJECT,
     0},
    {PEN_STR("schemas.microsoft.com/clr/nsassem/Microsoft."), '.', W, "deser.xml", OBJECT, 0},
    {PEN_STR("<groovy.util."), '<', W, "deser.xml", OBJECT, 0},
    {PEN_STR("<jdk."), '<', W, "deser.xml", OBJECT, 0},
    {PEN_STR("<javax."), '<', W, "deser.xml", OBJECT, 0},
    {PEN_STR("<sun."), '<', W, "deser.xml", OBJECT, 0},
    {PEN_STR("<com.sun."), '<', W, "deser.xml", OBJECT, 0},
    {PEN_STR("{{\"@type\":\"java.net."), '@', W, "deser.type", LIKELY, 0},
};

/* Three bytes of a word, its sign among them: those beside it, or the first or last three. */
enum window { BESIDE, AHEAD, BEHIND, WINDOWS };

/* Numbers of words, from 1 on; 0 is none. */
struct pen_deser_index {
    uint8_t windows[BYTES];        /* of the words with this sign: a bit for each */
    uint8_t heads[WINDOWS][BYTES]; /* by the hash of the window's bytes */
    uint8_t next[PEN_DESER_WORDS];
    uint8_t anchor[PEN_DESER_WORDS]; /* where the sign stands in the word */
};

/* Where the window begins whose sign stands at `at`. */
static size_t start_of(enum window window, size_t at)
{
    return window == BESIDE ? at - 1 : window == AHEAD ? at : at - 2;
}

static uint8_t hash_at(struct pen_str text, size_t at)
{
    return (uint8_t)((unsigned char)text.ptr[at] * 3U + (unsigned char)text.ptr[at + 1] * 7U
                     + (unsigned char)text.ptr[at + 2] * 31U);
}

static enum window window_of(struct pen_str word, size_t at)
{
    if (at == 0) return AHEAD;
    return at + 1 == word.len ? BEHIND : BESIDE;
}

enum pen_status pen_deser_index_create(struct pen_arena *arena, struct pen_deser_index **out)
{
    struct pen_deser_index *const index = pen_arena_calloc(arena, 1, sizeof(*index));
    if (index == NULL) return PEN_ERR_NOMEM;

    for (size_t i = PEN_DESER_WORDS; i > 0; i--) {
        const struct pen_deser_word *const word = &pen_deser_words[i - 1];
        const size_t at = pen_str_find(word->text, word->sign, 0);
        const enum window window = window_of(word->text, at);
        uint8_t *const head = &index->heads[window][hash_at(word->text, start_of(window, at))];
        index->windows[(unsigned char)word->sign] |= (uint8_t)(1U << window);
        index->anchor[i - 1] = (uint8_t)at;
        index->next[i - 1] = *head;
        *head = (uint8_t)i;
    }
    *out = index;
    return PEN_OK;
}

static bool is_base64(char c)
{
    return pen_is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_';
}

static bool begins_at(struct pen_str text, size_t at, const struct pen_deser_word *word)
{
    const struct pen_str wanted = word->text;
    if (text.len - at < wanted.len || text.ptr[at] != wanted.ptr[0]) return false;
    if (memcmp(text.ptr + at, wanted.ptr, wanted.len) != 0) return false;
    if (word->kind != PEN_DESER_MAGIC) return true;
    /* Inside of a longer base64 text the same letters mean something else. */
    return text.len - at >= word->least && (at == 0 || !is_base64(text.ptr[at - 1]));
}

/* The words that have the bytes of this window, whose sign stands at `at`. */
static void try_words(const struct pen_deser_index *index, enum window window, struct pen_str text,
                      size_t at, size_t *places)
{
    uint8_t number = index->heads[window][hash_at(text, start_of(window, at))];
    for (; number > 0; number = index->next[number - 1]) {
        const size_t i = (size_t)number - 1;
        const size_t anchor = index->anchor[i];
        if (places[i] < text.len || anchor > at) continue;
        if (begins_at(text, at - anchor, &pen_deser_words[i])) places[i] = at - anchor;
    }
}

void pen_deser_find(const struct pen_deser_index *index, struct pen_str text,
                    size_t places[PEN_DESER_WORDS])
{
    for (size_t i = 0; i < PEN_DESER_WORDS; i++) {
        places[i] = text.len;
    }
    for (size_t at = 0; at < text.len; at++) {
        const unsigned windows = index->windows[(unsigned char)text.ptr[at]];
        if (windows == 0) continue;

        if ((windows & 1U << BESIDE) != 0 && at > 0 && at + 1 < text.len) {
            try_words(index, BESIDE, text, at, places);
        }
        if ((windows & 1U << AHEAD) != 0 && at + 2 < text.len) {
            try_words(index, AHEAD, text, at, places);
        }
        if ((windows & 1U << BEHIND) != 0 && at > 1) try_words(index, BEHIND, text, at, places);
    }
}
