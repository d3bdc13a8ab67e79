/** Texts that interpreters run, and texts that talk about code or are ordinary programs. */
#include "tests/unit/filter_alone.h"

static void blocks_break_outs(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a string in single quotes, joined by dots", PEN_STR("'.system('id').'")},
        {"a string in double quotes", PEN_STR("\".system('id').\"")},
        {"a string joined by plus", PEN_STR("'+require('child_process').execSync('id')+'")},
        {"a statement behind a string", PEN_STR("';system('id');//")},
        {"a name before the quote", PEN_STR("admin';system('ls -la');//")},
        {"the argument list ends too", PEN_STR("'));passthru('whoami');//")},
        {"a comment by a hash", PEN_STR("');phpinfo();#")},
        {"an operator that is a word", PEN_STR("' and die(show_source('/etc/passwd')) or '")},
        {"the time it takes", PEN_STR("'+sleep(5)+'")},
        {"the time it takes, bare", PEN_STR(";sleep(5);//")},
        {"the time it takes, in a sum", PEN_STR("1+sleep(10)")},
        {"behind a number", PEN_STR("1;phpinfo()")},
        {"behind a bracket", PEN_STR("1);system('id');//")},
        {"Python", PEN_STR("'+__import__('os').popen('id').read()+'")},
        {"Ruby", PEN_STR("'+`id`+'")},
        {"Lua", PEN_STR("\" .. os.execute(\"id\") .. \"")},
        {"Java", PEN_STR("\";Runtime.getRuntime().exec(\"id\");//")},
        {"a splice of PHP", PEN_STR("${@system('id')}")},
        {"a splice of PHP, of a probe", PEN_STR("{${sleep(20)}}")},
        {"a splice within a text", PEN_STR("Hello {${phpinfo()}}, how are you")},
        {"a line break first", PEN_STR("x';\nsystem('id');//")},
        {"at the end of a sentence", PEN_STR("I like it';eval(base64_decode('aWQ='));//")},
    };
    filter_case_blocks(&it, "code", rows, PEN_COUNT_OF(rows));
}

static void blocks_programs(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"PHP", PEN_STR("<?php system($_GET['cmd']); ?>")},
        {"PHP behind an image's magic", PEN_STR("GIF89a;<?php passthru($_GET['cmd']); ?>")},
        {"PHP within a page",
         PEN_STR("<html><body>\n<h1>x</h1>\n<?php eval($_POST['x']); ?>\n</body></html>")},
        {"PHP of several lines",
         PEN_STR("<?php\nerror_reporting(0);\n$c = $_REQUEST['c'];\nsystem($c);\n?>")},
        {"PHP, decoded", PEN_STR("eval(gzinflate(base64_decode('S0nNyclXKMlILUpVSMrP')));")},
        {"PHP, a file written", PEN_STR("file_put_contents('x.php','<?php eval($_GET[0]);');")},
        {"Node", PEN_STR("process.mainModule.require('child_process').execSync('id')")},
        {"Node, out of a sandbox",
         PEN_STR("this.constructor.constructor('return process')().mainModule")},
        {"Node, declared first", PEN_STR("const cp = require('child_process');\ncp.exec('id')")},
        {"Python", PEN_STR("__import__('os').system('id')")},
        {"Python, two lines", PEN_STR("import os\nos.system('id')")},
        {"Python, out of a sandbox", PEN_STR("().__class__.__bases__[0].__subclasses__()[59]()")},
        {"Python, compiled", PEN_STR("eval(compile('import os;os.system(\"id\")','x','exec'))")},
        {"Ruby", PEN_STR("Kernel.exec('id')")},
        {"Ruby, a pipe", PEN_STR("open(\"|id\").read")},
        {"Ruby, sent", PEN_STR("Object.send(:system,'id')")},
        {"Java",
         PEN_STR("new java.lang.ProcessBuilder(new String[]{\"sh\",\"-c\",\"id\"}).start()")},
        {"Java, by reflection",
         PEN_STR("Class.forName(\"java.lang.Runtime\").getMethod(\"getRuntime\")")},
        {"OGNL", PEN_STR("(#rt=@java.lang.Runtime@getRuntime(),#rt.exec('id'))")},
        {"Groovy", PEN_STR("\"id\".execute().text")},
        {"Perl", PEN_STR("print qx/id/")},
        {"Lua", PEN_STR("io.popen('id'):read('*a')")},
        {"Lua, by its module", PEN_STR("os.execute(\"id\")")},
        {"Perl, a call", PEN_STR("system(\"id\")")},
        {"Groovy, a list", PEN_STR("['sh','-c','id'].execute()")},
        {"Scala", PEN_STR("Seq(\"sh\",\"-c\",\"id\").!")},
        {"Scala, imported first", PEN_STR("import sys.process._; \"id\".!!")},
        {"Kotlin", PEN_STR("Runtime.getRuntime().exec(\"id\")")},
        {"Clojure", PEN_STR("(clojure.java.shell/sh \"id\")")},
        {"Elixir", PEN_STR("System.cmd(\"id\", [])")},
        {"Elixir, Erlang's module", PEN_STR(":os.cmd('id')")},
        {"Erlang", PEN_STR("os:cmd(\"id\").")},
        {"Go", PEN_STR("exec.Command(\"sh\", \"-c\", \"id\").Run()")},
        {"Julia", PEN_STR("run(`id`)")},
    };
    filter_case_blocks(&it, "code", rows, PEN_COUNT_OF(rows));
}

static void sees_through_spellings(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"joined", PEN_STR("('sys'.'tem')('id');")},
        {"joined without quotes", PEN_STR("(sy.(st).em)(id);")},
        {"joined, in a variable", PEN_STR("$a='sys'.'tem';$a('id');")},
        {"joined, a module", PEN_STR("__import__('o'+'s').system('id')")},
        {"joined, a member", PEN_STR("global['pro'+'cess'].mainModule.require('child_process')")},
        {"side by side", PEN_STR("__import__('o' 's').system('id')")},
        {"in hexadecimal", PEN_STR("\"\\x73\\x79\\x73\\x74\\x65\\x6d\"('id');")},
        {"a letter by its number", PEN_STR("\\u0065val(\"require('child_process').exec('id')\")")},
        {"letters by number", PEN_STR("$f=chr(115).chr(121).chr(115).chr(116).chr(101).chr(109);"
                                      "$f('id');")},
        {"letters by number, in JavaScript",
         PEN_STR("eval(String.fromCharCode(97,108,101,114,116,40,49,41))")},
        {"case", PEN_STR("SyStEm('id');")},
        {"a comment before the parenthesis", PEN_STR("system/*x*/('id');")},
        {"a comment and spaces", PEN_STR("system /* x */ ('id');")},
        {"scrambled", PEN_STR("$_='{|]'^'#$%';$_('id');")},
        {"a name given by a name", PEN_STR("getattr(__import__('os'),'sys'+'tem')('id')")},
        {"deep in calls", PEN_STR("trim(trim(trim(trim(trim(trim(trim(trim(trim(trim(trim(trim("
                                  "trim(trim(trim(trim(trim(trim(trim(trim(trim(trim(trim(trim("
                                  "trim(trim(trim(trim(trim(trim(system('id')))))))))))))))))))"
                                  "))))))))))))")},
        {"deep in parentheses",
         PEN_STR("((((((((((((((((((((((((((((((((((((((((system('id')))))))))"
                 "))))))))))))))))))))))))))))))))"
                 ""
                 "")},
        {"a comma before it", PEN_STR("(1,eval)(\"require('child_process').exec('id')\")")},
        {"in base64", PEN_STR("PD9waHAgc3lzdGVtKCRfR0VUWydjbWQnXSk7ID8+")},
        {"percent-encoded", PEN_STR("%3C%3Fphp%20system%28%24_GET%5B0%5D%29%3B%3F%3E")},
    };
    filter_case_blocks(&it, "code", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_texts_about_code(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a title", PEN_STR("fix eval() call")},
        {"a plural", PEN_STR("eval(uation)")},
        {"brackets in a sentence", PEN_STR("system (of units)")},
        {"a call of nothing", PEN_STR("foo(bar)")},
        {"a call in a sentence",
         PEN_STR("Use subprocess instead of os.system(\"ls\") in the build script")},
        {"a commit message",
         PEN_STR("build: do not call eval(\"...\") in the loader\n\nIt ran whatever the file had.\n"
                 "Closes: the last use of exec('x').\n")},
        {"a list of changes", PEN_STR("1. no eval('x') any more\n2. faster start\n")},
        {"a change",
         PEN_STR("@@ -1,3 +1,3 @@ def main():\n-    eval(\"x\")\n+    ast.literal_eval(x)\n")},
        {"a stack trace",
         PEN_STR("Traceback (most recent call last):\n  File \"app.py\", line 3, in <module>\n"
                 "    exec(code)\nNameError: name 'code' is not defined")},
        {"a stack trace of Java",
         PEN_STR("java.io.IOException: Cannot run program \"ls\"\n\tat "
                 "java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1128)\n\tat "
                 "java.base/java.lang.Runtime.exec(Runtime.java:592)")},
        {"a fence", PEN_STR("```php\nassert($x);\n```")},
        {"a link", PEN_STR("[eval](https://example.com/eval)")},
        {"an error", PEN_STR("TypeError: eval(...) is not a function")},
        {"quoted in a sentence", PEN_STR("He said \"eval(x)\" and left")},
        {"an apostrophe", PEN_STR("it's the system('s) fault")},
        {"a table", PEN_STR("| exec(cmd) | runs a command |\n| eval(x) | runs a text |")},
        {"units", PEN_STR("exec (1 h), eval (2 h), assert (3 h)")},
        {"minutes", PEN_STR("The exec('summary') is attached; please read it.")},
        {"Erlang in a sentence", PEN_STR("Do not call os:cmd(\"ls\") in the supervisor.")},
        {"Elixir in Markdown", PEN_STR("Call `System.cmd(\"ls\", [])` to list the files.")},
        {"Go in a review", PEN_STR("nit: exec.Command(\"ls\", \"-l\") leaks the pipe here")},
        {"a quote before a full stop", PEN_STR("He typed \"ls\".! Nothing came.")},
        {"settings", PEN_STR("os:linux\narch:amd64\n")},
    };
    filter_case_passes(&it, "code", rows, PEN_COUNT_OF(rows));
}

static void stays_silent_on_ordinary_programs(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"an expression matched", PEN_STR("const m = /(\\d+)/.exec(text); if (m) return m[1];")},
        {"SQL", PEN_STR("$db->exec('DELETE FROM x'); $stmt->execute([$id]);")},
        {"a cursor", PEN_STR("cursor.execute(\"SELECT 1\")\nrow = cursor.fetchone()")},
        {"modules", PEN_STR("const fs = require('fs');\nconst app = require('./app');")},
        {"imports", PEN_STR("import os\nimport sys\nfrom x import y\n")},
        {"a class", PEN_STR("class A {\n  constructor(name) {\n    this.name = name;\n  }\n}\n")},
        {"introspection", PEN_STR("def name(self):\n    return self.__class__.__name__\n")},
        {"a model", PEN_STR("model.eval()\nwith torch.no_grad():\n    out = model(x)\n")},
        {"a page", PEN_STR("await page.evaluate(() => document.title)")},
        {"callbacks", PEN_STR("usort($items, 'byName'); array_map('trim', $_POST);")},
        {"a driver", PEN_STR("Class.forName(\"com.mysql.jdbc.Driver\");")},
        {"the machine's size", PEN_STR("int n = Runtime.getRuntime().availableProcessors();")},
        {"a template of PHP", PEN_STR("<?php echo htmlspecialchars($name); ?>")},
        {"a page of PHP",
         PEN_STR("<?php foreach ($items as $i): ?><li><?= $i->name ?></li><?php endforeach; ?>")},
        {"C", PEN_STR("#include <stdio.h>\nint main(void) { printf(\"x\"); return 0; }")},
        {"CSS", PEN_STR(".a::before { content: 'system('; }")},
        {"a query", PEN_STR("assignee = currentUser() AND status IN ('open', 'new')")},
        {"a regular expression", PEN_STR("^(eval|exec)\\((.*)\\)$")},
        {"cron", PEN_STR("*/5 * * * * root /usr/bin/php -f cron.php")},
        {"a shell's variable", PEN_STR("${HOME}/bin:$PATH")},
        {"a list of Scala", PEN_STR("val xs = Seq(\"a\", \"b\").map(_.trim)")},
        {"a statement of SQL in a list", PEN_STR("['SELECT 1'].execute()")},
        {"Clojure", PEN_STR("(ns app.core (:require [clojure.java.shell :refer [sh]]))")},
        {"Go",
         PEN_STR("cmd := exec.Command(name, args...)\nout, err := cmd.Output()\nif err != nil {\n"
                 "\treturn nil, err\n}\n")},
        {"Elixir", PEN_STR("{out, 0} = System.cmd(bin, args)")},
    };
    filter_case_passes(&it, "code", rows, PEN_COUNT_OF(rows));
}

static void weighs_more_where_code_is_evaluated(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a probe that is the whole text", PEN_STR("sleep(5)")},
        {"a module that is loaded", PEN_STR("require('child_process')")},
        {"a value that is run", PEN_STR("exec(prefix + name)")},
        {"a program that also runs commands",
         PEN_STR("import subprocess\n\ndef main():\n    x = load_config()\n    "
                 "subprocess.call(['ls', '-la'])\n\nmain()\n")},
    };
    filter_case_needs_sink("code", PEN_S("code"), rows, PEN_COUNT_OF(rows));
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {PEN_STR("eval("),
                                            PEN_STR("system('"),
                                            PEN_STR("';system('id');"),
                                            PEN_STR("<?php "),
                                            PEN_STR("${@eval("),
                                            PEN_STR("{${"),
                                            PEN_STR("/*eval("),
                                            PEN_STR("'a'.'b'."),
                                            PEN_STR("chr(1)."),
                                            PEN_STR("((((("),
                                            PEN_STR("a.b['c']("),
                                            PEN_STR("${'eval('"),
                                            PEN_STR("'''eval(\"\"\""),
                                            PEN_STR("exec('id'+"),
                                            PEN_STR("__class__."),
                                            PEN_STR("a(["),
                                            PEN_STR("{a:("),
                                            PEN_STR("))")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_break_outs),
        cmocka_unit_test(blocks_programs),
        cmocka_unit_test(sees_through_spellings),
        cmocka_unit_test(stays_silent_on_texts_about_code),
        cmocka_unit_test(stays_silent_on_ordinary_programs),
        cmocka_unit_test(weighs_more_where_code_is_evaluated),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
