/**
 * conf/patches.yaml: each rule's attack is refused by it where it would come in, its innocent
 * sibling by none, and no patch has anything to say of events that every other filter lets pass.
 */
#include "gateway/config/config.h"
#include "gateway/config/yaml.h"
#include "gateway/file.h"
#include "tests/unit/filter_case.h"

#define CONFIG                                       \
    "listen: [{ address: '127.0.0.1:1' }]\n"         \
    "upstreams: { u: { url: 'http://[::1]' } }\n"    \
    "functions: { f: { route: /f, upstream: u } }\n" \
    "patches: [{ file: '" PEN_SOURCE_DIR "/conf/patches.yaml' }]\n"

static struct pen_config *config;
static struct pen_arena *arena;
static const struct pen_json *source;
static struct filter_case it;

static int set_up(void **state)
{
    (void)state;
    const struct pen_config_options options = {.look_at_files = true};
    struct pen_error err = {.text = ""};
    struct pen_str text;
    if (pen_config_parse_with(PEN_S(CONFIG), PEN_S(""), &options, &config, &err) != PEN_OK
        || pen_arena_create((size_t)4 << 20, 4096, &arena) != PEN_OK
        || pen_file_read(PEN_S(PEN_SOURCE_DIR "/conf/patches.yaml"), 1 << 20, &text, &err) != PEN_OK
        || pen_yaml_read(text, arena, &source, &err) != PEN_OK
        || pen_ruleset_create_patched(config->patches, config->patch_count, &it.ruleset, &err)
               != PEN_OK) {
        fprintf(stderr, "%s\n", err.text);
        return -1;
    }
    pen_file_wipe(&text);
    const bool made =
        pen_scratch_create(it.ruleset, &it.scratch) == PEN_OK
        && pen_arena_create((size_t)8 << 20, 65536, &it.arena) == PEN_OK
        && pen_arena_create((size_t)1 << 20, 4096, &it.chain_arena) == PEN_OK
        && pen_chain_create(it.ruleset, NULL, it.chain_arena, &it.chain, &err) == PEN_OK;
    return made ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    filter_case_close(&it);
    pen_arena_destroy(arena);
    pen_config_destroy(config);
    return 0;
}

static void put_percent(struct pen_buf *buf, struct pen_str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        pen_buf_byte(buf, '%');
        pen_buf_byte(buf, digits[c >> 4]);
        pen_buf_byte(buf, digits[c & 15]);
    }
}

/* Bytes that no text of JSON has are a query's. */
static bool is_ascii(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    }
    return true;
}

/* The text where the rule looks for it: a value, a value by its name, a name, a path, a field. */
static struct pen_judgement judge(const struct pen_patch_rule *rule, struct pen_str key,
                                  struct pen_str text)
{
    static char memory[8192];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    const struct pen_event_field field = {rule->header, text};
    struct pen_event_input input = {.method = PEN_STR("POST"), .path = PEN_STR("/f")};
    const bool query = rule->path_count > 0 || !is_ascii(text);
    if (rule->leaf.len > 0 && query) {
        pen_buf_put(&buf, PEN_S("s="));
        put_percent(&buf, text);
        input.query = pen_buf_str(&buf);
    } else if (rule->key.len > 0 && rule->leaf.len == 0) {
        put_percent(&buf, text);
        pen_buf_put(&buf, PEN_S("=1"));
        input.query = pen_buf_str(&buf);
    } else if (rule->leaf.len > 0) {
        pen_buf_put(&buf, PEN_S("{\""));
        pen_buf_json(&buf, key);
        pen_buf_put(&buf, PEN_S("\":\""));
        pen_buf_json(&buf, text);
        pen_buf_put(&buf, PEN_S("\"}"));
        input.body = pen_buf_str(&buf);
        input.body_kind = PEN_BODY_JSON;
    } else if (rule->url.len > 0) {
        input.path = text;
    } else {
        input.fields = &field;
        input.field_count = 1;
    }
    return filter_case_event(&it, &input);
}

/* "^@type$" is "@type". */
static struct pen_str key_of(const struct pen_patch_rule *rule)
{
    if (rule->key.len == 0) return PEN_S("a");
    return pen_str_slice(rule->key, 1, rule->key.len - 1);
}

static bool found(const struct pen_patch_rule *rule)
{
    for (uint32_t i = 0; i < it.scan.finding_count; i++) {
        const struct pen_str id = pen_str_from_c(it.scan.findings[i].rule);
        if (pen_str_starts(id, PEN_S("patch."))
            && pen_str_equal(pen_str_slice(id, 6, id.len), rule->id)) {
            return true;
        }
    }
    return false;
}

static void each_attack_is_refused_and_no_innocent_sibling(void **state)
{
    (void)state;
    const struct pen_json *entry = source->first;
    for (size_t i = 0; i < config->patch_count; i++, entry = entry->next) {
        const struct pen_patch_rule *const rule = &config->patches[i];
        const struct pen_json *const attacks = pen_json_member(entry, PEN_S("attack"));
        const struct pen_json *const innocents = pen_json_member(entry, PEN_S("innocent"));
        assert_true(rule->reference_count > 0);
        if (rule->header.len > 0 && rule->value.len == 0) {
            assert_int_equal(judge(rule, PEN_S("a"), PEN_S("x")).verdict, PEN_BLOCK);
            assert_true(found(rule));
            continue;
        }
        if (attacks == NULL || innocents == NULL) fail_msg("%.*s", PEN_STR_ARGS(rule->id));
        for (const struct pen_json *one = attacks->first; one != NULL; one = one->next) {
            const enum pen_verdict verdict = judge(rule, key_of(rule), one->text).verdict;
            if (verdict == PEN_BLOCK && found(rule)) continue;
            fail_msg("%.*s: %.*s", PEN_STR_ARGS(rule->id), PEN_STR_ARGS(one->text));
        }
        for (const struct pen_json *one = innocents->first; one != NULL; one = one->next) {
            (void)judge(rule, key_of(rule), one->text);
            if (filter_case_score(&it, "patch") == 0) continue;
            fail_msg("%.*s: %.*s", PEN_STR_ARGS(rule->id), PEN_STR_ARGS(one->text));
        }
    }
}

static void says_nothing_of_what_people_and_machines_write(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a shell script", PEN_STR("for f in \"${files[@]}\"; do echo \"${f%.txt}\"; done")},
        {"a workflow", PEN_STR("run: echo ${{ github.event.number }} ${GITHUB_REF##*/}")},
        {"a template string", PEN_STR("const u = `${scheme}://${host}:${port}/${path}`;")},
        {"a lookup of Log4j", PEN_STR("pattern: '%d{ISO8601} ${hostName} ${env:POD:-none} %m%n'")},
        {"Java", PEN_STR("import java.util.List; class A { org.apache.logging.Logger log; }")},
        {"Python", PEN_STR("if __name__ == '__main__': print(type(x).__name__, x.__class__)")},
        {"an arrow", PEN_STR("button.onclick = () => { save(); };\n() => { return; }")},
        {"prices", PEN_STR("It was $1: a bargain, the constructor said; $2:50 for two.")},
        {"PHP", PEN_STR("<p>set allow_url_include to off in php.ini</p>")},
        {"a printf", PEN_STR("printf(\"%5.1f%% done, 100%\", p);")},
        {"a path", PEN_STR("see /vendor/phpunit/phpunit/src/Framework and /icons/a.png")},
        {"Ruby", PEN_STR("puts \"#{user.name} has #{count} items, #{new_items}\"")},
    };
    filter_case_passes(&it, "patch", rows, PEN_COUNT_OF(rows));
}

static void no_rule_is_made_to_look_for_long(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("${jndi"),        PEN_STR("${${a}"),
        PEN_STR("${a${b}:"),      PEN_STR("%{#context["),
        PEN_STR("#{new a."),      PEN_STR("$1:a:"),
        PEN_STR(".__class__."),   PEN_STR("\\think\\"),
        PEN_STR("() {"),          PEN_STR("push graphic-context "),
        PEN_STR("(%stdin%"),      PEN_STR("push graphic-context fill "),
        PEN_STR("[.__init__(__"), PEN_STR("${a:ldap:"),
    };
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_attack_is_refused_and_no_innocent_sibling),
        cmocka_unit_test(says_nothing_of_what_people_and_machines_write),
        cmocka_unit_test(no_rule_is_made_to_look_for_long),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
