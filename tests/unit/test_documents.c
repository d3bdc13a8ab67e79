/**
 * Whole documents that people and programs send: letters, commits, recipes, logs, templates and
 * talk about attacks. None is blocked by any filter of the default chain.
 */
#include "tests/unit/filter_case.h"

static const struct pen_str documents[] = {
    PEN_STR("fix(db): quote identifiers in ORDER BY\n"
            "\n"
            "Column names such as `user` or \"order\" broke the query:\n"
            "\n"
            "    SELECT * FROM \"order\" WHERE id = 1 OR name = 'x';\n"
            "\n"
            "Use quote_ident() instead.\n"
            "\n"
            "Signed-off-by: Pat O'Hara <pat@example.com>"),
    PEN_STR("diff --git a/a.sql b/a.sql\n"
            "--- a/a.sql\n"
            "+++ b/a.sql\n"
            "@@ -1,3 +1,4 @@\n"
            "-SELECT id FROM users WHERE name = 'x';\n"
            "+SELECT id, mail FROM users WHERE name = 'x' AND active = 1;\n"
            "+-- keep the old index\n"
            " DROP TABLE IF EXISTS tmp;"),
    PEN_STR("How do I delete rows? I tried `DELETE FROM t WHERE id = 1;` but it says \"syntax "
            "error\". Any ideas?"),
    PEN_STR("Please run the following and send me the output:\n"
            "\n"
            "$ uname -a; cat /etc/os-release | head -3\n"
            "$ df -h\n"
            "\n"
            "Thanks, Ann"),
    PEN_STR("#!/bin/bash\n"
            "set -euo pipefail\n"
            "cd \"$(dirname \"$0\")\"\n"
            "for f in *.txt; do echo \"$f\"; done\n"
            "docker build -t app . && docker push app"),
    PEN_STR("## Install\n"
            "\n"
            "```sh\n"
            "curl -fsSL https://example.com/install.sh | sh\n"
            "sudo apt-get update && sudo apt-get install -y jq\n"
            "```\n"
            "\n"
            "See `man 5 crontab`."),
    PEN_STR("name: ci\n"
            "on: [push]\n"
            "jobs:\n"
            "  build:\n"
            "    runs-on: ${{ matrix.os }}\n"
            "    steps:\n"
            "      - uses: actions/checkout@v4\n"
            "      - run: npm ci && npm test -- --coverage\n"
            "      - run: echo \"sha=$(git rev-parse --short HEAD)\" >> $GITHUB_OUTPUT\n"
            "        if: ${{ github.event_name == 'push' }}"),
    PEN_STR("apiVersion: v1\n"
            "kind: ConfigMap\n"
            "metadata:\n"
            "  name: {{ include \"x.fullname\" . }}\n"
            "data:\n"
            "  url: {{ .Values.url | quote }}\n"
            "{{- range .Values.hosts }}\n"
            "  - {{ . }}\n"
            "{{- end }}"),
    PEN_STR("Traceback (most recent call last):\n"
            "  File \"/app/main.py\", line 10, in <module>\n"
            "    cursor.execute(\"SELECT * FROM users WHERE name = '\" + name + \"'\")\n"
            "sqlite3.OperationalError: near \"'\": syntax error"),
    PEN_STR("Exception in thread \"main\" java.lang.RuntimeException: failed; caused by: "
            "org.postgresql.util.PSQLException: ERROR: relation \"users\" does not exist\n"
            "  Position: 15\n"
            "\tat "
            "org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:"
            "2675)"),
    PEN_STR("In Jinja you write {{ user.name }} and filters like {{ name|upper }}. Loops use {% "
            "for x in xs %}{{ x }}{% endfor %}. That is all."),
    PEN_STR("Use `{{ config.items() }}` to list the settings in the template. It prints "
            "everything, so be careful."),
    PEN_STR("Dear all,\n"
            "\n"
            "the table below; or the list, shows 1 = yes and 0 = no. Please select one and insert "
            "it into the form.\n"
            "\n"
            "Best,\n"
            "J\303\274rgen\n"
            "-- \n"
            "J\303\274rgen M\303\274ller | Leiter IT | Tel: +49 30 123456"),
    PEN_STR("Subject: Re: Rechnung\n"
            "From: a@example.com\n"
            "To: b@example.com\n"
            "\n"
            "Sehr geehrte Damen und Herren,\n"
            "anbei die Rechnung; bitte \303\274berweisen Sie bis 31.12."),
    PEN_STR("2024-01-02T10:11:12Z INFO [main] GET /api/v1/users?id=1&sort=name 200 12ms\n"
            "2024-01-02T10:11:13Z WARN [main] slow query (1200ms): SELECT * FROM orders WHERE "
            "customer_id = 42 ORDER BY created_at DESC LIMIT 10"),
    PEN_STR("127.0.0.1 - - [10/Oct/2023:13:55:36 +0000] \"GET /index.html HTTP/1.1\" 200 2326 "
            "\"http://localhost/start\" \"Mozilla/5.0\""),
    PEN_STR("The header is `Set-Cookie: id=1`.\n"
            "Location: Berlin\n"
            "Content: see below\n"
            "Date: tomorrow"),
    PEN_STR("Steps to reproduce:\n"
            "1. open ../settings\n"
            "2. click \"Save\"; the app crashes\n"
            "Expected: no crash\n"
            "Actual: `TypeError: Cannot read properties of undefined (reading 'constructor')`"),
    PEN_STR("# frozen_string_literal: true\n"
            "class User < ApplicationRecord\n"
            "  scope :active, -> { where(active: true) }\n"
            "  def name = \"#{first} #{last}\"\n"
            "end"),
    PEN_STR("<template>\n"
            "  <div v-if=\"user\">{{ user.name }}</div>\n"
            "  <p>{{ total * 1.19 }}</p>\n"
            "</template>"),
    PEN_STR("SELECT name, count(*) FROM users GROUP BY name HAVING count(*) > 1 ORDER BY 2 DESC;"),
    PEN_STR("The LDAP filter (&(objectClass=user)(sAMAccountName=jdoe)) finds one entry; use "
            "(|(cn=a)(cn=b)) for either."),
    PEN_STR("In XSLT, `//user[@id='1']/name` selects the name, count(//user) counts them and "
            "name() gives the element's name."),
    PEN_STR("location ~ \\.php$ {\n"
            "    fastcgi_pass unix:/run/php/php.sock;\n"
            "    root /var/www/html;\n"
            "}"),
    PEN_STR("body { font-family: 'Open Sans', sans-serif; } a:hover { color: #fff; content: "
            "\"\\201C\"; }"),
    PEN_STR("MATCH (n:Person)-[:KNOWS]->(m) WHERE n.name = 'Ann' RETURN m.name ORDER BY m.age"),
    PEN_STR("\\documentclass{article}\n"
            "\\begin{document}\n"
            "Let $x_{1} = \\frac{1}{2}$ and ${y}$; then \\input{chapters/intro}.\n"
            "\\end{document}"),
    PEN_STR("BEGIN:VCARD\n"
            "VERSION:3.0\n"
            "FN:Pat O'Hara\n"
            "TEL;TYPE=cell:+15551234\n"
            "END:VCARD"),
    PEN_STR("server:\n"
            "  port: 8080\n"
            "spring:\n"
            "  datasource:\n"
            "    url: jdbc:h2:mem:test;DB_CLOSE_DELAY=-1\n"
            "    password: ${DB_PASSWORD:secret}"),
    PEN_STR("FROM node:20\n"
            "WORKDIR /app\n"
            "COPY . .\n"
            "RUN npm ci && npm run build; rm -rf /root/.npm\n"
            "CMD [\"node\", \"index.js\"]"),
    PEN_STR("export const handler = async (event) => {\n"
            "  const { id } = event.pathParameters;\n"
            "  return db.query('SELECT * FROM t WHERE id = $1', [id]);\n"
            "};"),
    PEN_STR("Q: what's the difference between ' and \"? A: 'a' is literal; \"b\" expands $HOME and "
            "`cmd`."),
    PEN_STR(
        "\346\210\221\344\273\254\344\275\277\347\224\250 `SELECT * FROM users` "
        "\346\237\245\350\257\242\357\274\233\347\204\266\345\220\216\345\210\240\351\231\244; rm "
        "\345\221\275\344\273\244\344\270\215\350\246\201\347\224\250\343\200\202information_"
        "schema \346\230\257\345\205\203\346\225\260\346\215\256\343\200\202"),
    PEN_STR("Le serveur r\303\251pond \302\253 500 \302\273; j'ai essay\303\251 d'ex\303\251cuter "
            "`ls -la` et l'erreur persiste. C'est l'union des deux tables."),
    PEN_STR("feat!: drop support for Node 14; update deps\n"
            "\n"
            "BREAKING CHANGE: `exec()` returns a promise.\n"
            "Co-authored-by: A <a@example.com>"),
    PEN_STR("| Command | What |\n"
            "| --- | --- |\n"
            "| `ls -la` | list |\n"
            "| `cat /etc/passwd` | show users |\n"
            "| `id; whoami` | who am I |"),
    PEN_STR("alert: HighLatency\n"
            "expr: histogram_quantile(0.99, sum(rate(x_bucket[5m])) by (le)) > 1\n"
            "annotations:\n"
            "  summary: \"{{ $labels.job }} is slow: {{ $value | humanizeDuration }}\""),
    PEN_STR("resource \"aws_s3_bucket\" \"b\" {\n"
            "  bucket = \"${var.name}-${terraform.workspace}\"\n"
            "  tags   = merge(local.tags, { Name = \"x\" })\n"
            "}"),
    PEN_STR("Hi team; I've updated the doc | please review & comment. Cheers"),
    PEN_STR("1) yes or no? 2) if yes, 3 = three or 4 = four?"),
    PEN_STR("We saw \"' OR 1=1 --\" in the logs yesterday, someone is probing the login form. "
            "Nothing got through, but please keep an eye on it."),
    PEN_STR("The scanner sent ../../etc/passwd and <script>alert(1)</script>; both were refused. "
            "See the report for the details."),
    PEN_STR("The advisory says that ${jndi:ldap://...} in a header triggers it; upgrade to 2.17.1 "
            "and restart the service."),
    PEN_STR("PR #12: replace `../../../etc` in tests with a fixture; the old path "
            "(../../fixtures/a.json) was wrong."),
    PEN_STR("curl http://localhost:8080/health returns 200, but http://10.0.0.5:9200/_cat does "
            "not. Is the firewall open?"),
    PEN_STR("INSERT INTO `posts` (`id`, `title`) VALUES (1, 'It''s here'), (2, 'Union');"),
    PEN_STR("if [ \"$1\" = \"x\" ]; then\n"
            "  echo \"usage: $0 [-h] <file>\" >&2\n"
            "  exit 1\n"
            "fi"),
    PEN_STR("const path = require('path'); module.exports = { entry: '../src/index.js', output: { "
            "path: path.resolve(__dirname, '../dist') } };"),
    PEN_STR("#include <stdio.h>\n"
            "int main(void) { char *a = \"x\"; if (a && *a) printf(\"%s\\n\", a); return 0; }"),
    PEN_STR("The formula =A1+B1 adds; =SUM(A1:A5) sums. Put '= in front to show it."),
    PEN_STR("SUMMARY: 3 passed, 1 failed (user.constructor is not a function)"),
    PEN_STR("Bitte w\303\244hlen: 'A' oder 'B'; die Tabelle \"users\" l\303\266schen wir "
            "sp\303\244ter -- siehe Ticket #12"),
    PEN_STR("GET /a HTTP/1.1\n"
            "Host: example.com\n"
            "Cookie: a=b"),
    PEN_STR("Return-Path: <a@example.com>\n"
            "Received: from x by y; Mon, 1 Jan 2024 10:00:00 +0000\n"
            "MIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8"),
    PEN_STR("From: a\n"
            "Cc: b\n"
            "Hello"),
};

static void are_let_pass(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(documents); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, documents[i]);
        if (judgement.verdict == PEN_BLOCK) {
            fail_msg("%s: %.*s", judgement.reason, PEN_STR_ARGS(documents[i]));
        }
    }
    filter_case_close(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_let_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
