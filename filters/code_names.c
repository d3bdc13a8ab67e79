/** Tables by the first letter, sorted by length and then by name: most words part in those from all
 * that are known. */
#include "filters/code_names.h"

#include <string.h>

#define KEYWORD    PEN_CODE_KEYWORD
#define RUNS       PEN_CODE_RUNS
#define EVALUATES  PEN_CODE_EVALUATES
#define REPLACES   PEN_CODE_REPLACES
#define LOADS      PEN_CODE_LOADS
#define BINDS      PEN_CODE_BINDS
#define CALLS_BACK PEN_CODE_CALLS_BACK
#define FETCHES    PEN_CODE_FETCHES
#define DECODES    PEN_CODE_DECODES
#define CHARACTERS PEN_CODE_CHARACTERS
#define TELLS      PEN_CODE_TELLS
#define READS      PEN_CODE_READS
#define WRITES     PEN_CODE_WRITES
#define WAITS      PEN_CODE_WAITS
#define SHOWS      PEN_CODE_SHOWS
#define INPUT      PEN_CODE_INPUT
#define OWNER      PEN_CODE_OWNER
#define MACHINE    PEN_CODE_MACHINE
#define CLASSES    PEN_CODE_CLASSES
#define WALKS      PEN_CODE_WALKS
#define BUILDER    PEN_CODE_BUILDER

#define SURE    PEN_CODE_SURE
#define ANY     PEN_CODE_ANY
#define OWNED   PEN_CODE_OWNED
#define CAPITAL PEN_CODE_CAPITAL
#define LEADS   PEN_CODE_LEADS
#define INFIX   PEN_CODE_INFIX
#define LOOSE   PEN_CODE_LOOSE
#define COMMAND PEN_CODE_COMMAND
#define BUILDS  PEN_CODE_BUILDS

#define TO_COMMANDS PEN_CODE_COMMANDS
#define TO_PROCESS  PEN_CODE_PROCESS
#define TO_ROOT     PEN_CODE_ROOT
#define TO_FILES    PEN_CODE_FILES
#define TO_ENGINE   PEN_CODE_ENGINE
#define TO_JAVA     PEN_CODE_JAVA
#define TO_MACHINE  PEN_CODE_MACHINE_LEAD
#define MADE        PEN_CODE_MADE
#define SENT        PEN_CODE_SENT
#define DECODED     PEN_CODE_DECODED
#define WALKED      PEN_CODE_WALKED
#define TAKEN       PEN_CODE_TAKEN

/* Sorted by length, then by letters. */
/* clang-format off */
static const struct pen_code_name of_dollar[] = {
    {PEN_STR("$_env"), INPUT, 0, SENT},
    {PEN_STR("$_get"), INPUT, 0, SENT},
    {PEN_STR("$_post"), INPUT, 0, SENT},
    {PEN_STR("$_files"), INPUT, 0, SENT},
    {PEN_STR("$_cookie"), INPUT, 0, SENT},
    {PEN_STR("$_server"), INPUT, 0, SENT},
    {PEN_STR("$globals"), INPUT, 0, SENT},
    {PEN_STR("$_request"), INPUT, 0, SENT},
    {PEN_STR("$_session"), INPUT, 0, SENT},
    {PEN_STR("$http_raw_post_data"), INPUT, 0, SENT},
};
static const struct pen_code_name of_underscore[] = {
    {PEN_STR("_load"), LOADS, SURE | ANY, 0},
    {PEN_STR("__mro__"), WALKS, 0, WALKED},
    {PEN_STR("__new__"), WALKS, 0, WALKED},
    {PEN_STR("__base__"), WALKS, 0, WALKED},
    {PEN_STR("__dict__"), WALKS, 0, WALKED},
    {PEN_STR("__init__"), WALKS, 0, WALKED},
    {PEN_STR("__send__"), CALLS_BACK, ANY, 0},
    {PEN_STR("__bases__"), WALKS, 0, WALKED},
    {PEN_STR("__class__"), WALKS, 0, WALKED},
    {PEN_STR("__import__"), LOADS, SURE | ANY, 0},
    {PEN_STR("__reduce__"), WALKS, 0, WALKED},
    {PEN_STR("__globals__"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("__builtins__"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("_memberaccess"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("__subclasses__"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("_linkedbinding"), BINDS, OWNED, 0},
    {PEN_STR("__getattribute__"), FETCHES, ANY, 0},
};
static const struct pen_code_name of_a[] = {
    {PEN_STR("as"), KEYWORD, INFIX | LOOSE, 0},
    {PEN_STR("and"), KEYWORD, INFIX, 0},
    {PEN_STR("atob"), DECODES, ANY, DECODED},
    {PEN_STR("async"), KEYWORD, LEADS, 0},
    {PEN_STR("await"), KEYWORD, LEADS, 0},
    {PEN_STR("assert"), EVALUATES, 0, 0},
    {PEN_STR("a85decode"), DECODES, ANY, DECODED},
    {PEN_STR("array_map"), CALLS_BACK, 0, 0},
    {PEN_STR("array_walk"), CALLS_BACK, 0, 0},
    {PEN_STR("array_udiff"), CALLS_BACK, 0, 0},
    {PEN_STR("array_filter"), CALLS_BACK, 0, 0},
    {PEN_STR("array_reduce"), CALLS_BACK, 0, 0},
    {PEN_STR("appendfilesync"), WRITES, 0, 0},
    {PEN_STR("array_diff_ukey"), CALLS_BACK, 0, 0},
    {PEN_STR("array_walk_recursive"), CALLS_BACK, 0, 0},
    {PEN_STR("apache_request_headers"), INPUT, 0, SENT},
};
static const struct pen_code_name of_b[] = {
    {PEN_STR("begin"), KEYWORD, LEADS, 0},
    {PEN_STR("break"), KEYWORD, LEADS, 0},
    {PEN_STR("bytes"), DECODES, ANY, DECODED},
    {PEN_STR("binding"), BINDS, OWNED, 0},
    {PEN_STR("builtins"), OWNER, 0, TO_ROOT},
    {PEN_STR("b32decode"), DECODES, ANY, DECODED},
    {PEN_STR("b64decode"), DECODES, ANY, DECODED},
    {PEN_STR("base64_decode"), DECODES, ANY, DECODED},
};
static const struct pen_code_name of_c[] = {
    {PEN_STR("chr"), CHARACTERS, ANY, 0},
    {PEN_STR("call"), RUNS, OWNED, 0},
    {PEN_STR("case"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("char"), CHARACTERS, ANY, 0},
    {PEN_STR("catch"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("class"), WALKS, LEADS | BUILDS, WALKED},
    {PEN_STR("const"), KEYWORD, LEADS, 0},
    {PEN_STR("compile"), EVALUATES, 0, MADE},
    {PEN_STR("capture2"), RUNS, SURE, 0},
    {PEN_STR("capture3"), RUNS, SURE, 0},
    {PEN_STR("commands"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("continue"), KEYWORD, LEADS, 0},
    {PEN_STR("capture2e"), RUNS, SURE, 0},
    {PEN_STR("const_get"), FETCHES, ANY, 0},
    {PEN_STR("check_call"), RUNS, SURE, 0},
    {PEN_STR("class_eval"), EVALUATES, SURE | ANY, MADE},
    {PEN_STR("classloader"), WALKS, 0, WALKED},
    {PEN_STR("constructor"), BUILDER, 0, WALKED},
    {PEN_STR("check_output"), RUNS, SURE, 0},
    {PEN_STR("child_process"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("call_user_func"), CALLS_BACK, 0, 0},
    {PEN_STR("create_function"), EVALUATES, SURE | ANY, MADE},
    {PEN_STR("convert_uudecode"), DECODES, ANY, DECODED},
    {PEN_STR("createreadstream"), READS, 0, 0},
    {PEN_STR("call_user_func_array"), CALLS_BACK, 0, 0},
};
static const struct pen_code_name of_d[] = {
    {PEN_STR("dl"), WRITES, 0, 0},
    {PEN_STR("do"), KEYWORD, LEADS, 0},
    {PEN_STR("def"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("die"), SHOWS, LEADS, 0},
    {PEN_STR("delete"), KEYWORD, LEADS, 0},
    {PEN_STR("dlopen"), BINDS, OWNED, 0},
    {PEN_STR("dofile"), LOADS, 0, 0},
    {PEN_STR("default"), KEYWORD, LEADS, 0},
    {PEN_STR("decode64"), DECODES, ANY, DECODED},
    {PEN_STR("defineclass"), CLASSES, ANY, 0},
};
static const struct pen_code_name of_e[] = {
    {PEN_STR("end"), SHOWS, 0, 0},
    {PEN_STR("erb"), MACHINE, CAPITAL, TO_ENGINE},
    {PEN_STR("echo"), SHOWS, LEADS, 0},
    {PEN_STR("elif"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("else"), KEYWORD, LEADS | INFIX | LOOSE | BUILDS, 0},
    {PEN_STR("eval"), EVALUATES, COMMAND, 0},
    {PEN_STR("exec"), RUNS, COMMAND, 0},
    {PEN_STR("exit"), SHOWS, LEADS, 0},
    {PEN_STR("elsif"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("execl"), RUNS, SURE, 0},
    {PEN_STR("execv"), RUNS, SURE, 0},
    {PEN_STR("except"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("execle"), RUNS, SURE, 0},
    {PEN_STR("execlp"), RUNS, SURE, 0},
    {PEN_STR("execve"), RUNS, SURE, 0},
    {PEN_STR("execvp"), RUNS, SURE, 0},
    {PEN_STR("execlpe"), RUNS, SURE, 0},
    {PEN_STR("execute"), RUNS, OWNED, 0},
    {PEN_STR("execvpe"), RUNS, SURE, 0},
    {PEN_STR("extends"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("evaluate"), EVALUATES, OWNED, 0},
    {PEN_STR("execfile"), RUNS, SURE, 0},
    {PEN_STR("execsync"), RUNS, SURE, 0},
    {PEN_STR("error_log"), SHOWS, 0, 0},
    {PEN_STR("elprocessor"), MACHINE, 0, TO_ENGINE},
    {PEN_STR("execfilesync"), RUNS, SURE, 0},
    {PEN_STR("error_reporting"), SHOWS, 0, 0},
};
static const struct pen_code_name of_f[] = {
    {PEN_STR("fs"), OWNER, 0, TO_FILES},
    {PEN_STR("for"), KEYWORD, LEADS | INFIX | LOOSE | BUILDS, 0},
    {PEN_STR("file"), READS, 0, 0},
    {PEN_STR("fork"), RUNS, OWNED, 0},
    {PEN_STR("from"), KEYWORD, LEADS | INFIX | LOOSE, 0},
    {PEN_STR("final"), KEYWORD, LEADS, 0},
    {PEN_STR("fopen"), READS, 0, 0},
    {PEN_STR("fputs"), WRITES, 0, 0},
    {PEN_STR("fwrite"), WRITES, 0, 0},
    {PEN_STR("finally"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("foreach"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("forname"), CLASSES, ANY, 0},
    {PEN_STR("fromhex"), DECODES, ANY, DECODED},
    {PEN_STR("function"), EVALUATES, CAPITAL | LEADS | BUILDS, MADE},
    {PEN_STR("f_globals"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("f_builtins"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("filter_input"), INPUT, 0, SENT},
    {PEN_STR("fromcharcode"), CHARACTERS, ANY, 0},
    {PEN_STR("func_globals"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("fromcodepoint"), CHARACTERS, ANY, 0},
    {PEN_STR("frombase64string"), DECODES, ANY, DECODED},
    {PEN_STR("file_get_contents"), READS, SURE, 0},
    {PEN_STR("file_put_contents"), WRITES, 0, 0},
    {PEN_STR("forward_static_call"), CALLS_BACK, 0, 0},
    {PEN_STR("forward_static_call_array"), CALLS_BACK, 0, 0},
};
static const struct pen_code_name of_g[] = {
    {PEN_STR("glob"), READS, 0, 0},
    {PEN_STR("getcwd"), TELLS, 0, 0},
    {PEN_STR("global"), OWNER, LEADS, TO_ROOT},
    {PEN_STR("getattr"), FETCHES, ANY, 0},
    {PEN_STR("getclass"), WALKS, 0, WALKED},
    {PEN_STR("getmypid"), TELLS, 0, 0},
    {PEN_STR("gi_frame"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("gzdecode"), DECODES, ANY, DECODED},
    {PEN_STR("getmethod"), FETCHES, ANY, 0},
    {PEN_STR("getoutput"), RUNS, SURE, 0},
    {PEN_STR("gzinflate"), DECODES, ANY, DECODED},
    {PEN_STR("getruntime"), MACHINE, 0, TO_MACHINE},
    {PEN_STR("globalthis"), OWNER, 0, TO_ROOT},
    {PEN_STR("groovyshell"), MACHINE, 0, TO_ENGINE},
    {PEN_STR("gzuncompress"), DECODES, ANY, DECODED},
    {PEN_STR("getallheaders"), INPUT, 0, SENT},
    {PEN_STR("getclassloader"), WALKS, 0, WALKED},
    {PEN_STR("getenginebyname"), MACHINE, 0, TO_ENGINE},
    {PEN_STR("getstatusoutput"), RUNS, SURE, 0},
    {PEN_STR("get_current_user"), TELLS, 0, 0},
    {PEN_STR("get_defined_vars"), INPUT, 0, SENT},
    {PEN_STR("generatorfunction"), EVALUATES, CAPITAL, MADE},
    {PEN_STR("getdeclaredmethod"), FETCHES, ANY, 0},
    {PEN_STR("getenginebyextension"), MACHINE, 0, TO_ENGINE},
};
static const struct pen_code_name of_h[] = {
    {PEN_STR("header"), SHOWS, 0, 0},
    {PEN_STR("hex2bin"), DECODES, ANY, DECODED},
    {PEN_STR("highlight_file"), READS, SURE, 0},
};
static const struct pen_code_name of_i[] = {
    {PEN_STR("if"), KEYWORD, LEADS | INFIX | LOOSE | BUILDS, 0},
    {PEN_STR("in"), KEYWORD, INFIX | LOOSE, 0},
    {PEN_STR("io"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("is"), KEYWORD, INFIX | LOOSE, 0},
    {PEN_STR("import"), LOADS, LEADS | INFIX | LOOSE, 0},
    {PEN_STR("invoke"), CALLS_BACK, ANY, 0},
    {PEN_STR("include"), LOADS, COMMAND, 0},
    {PEN_STR("ini_set"), SHOWS, 0, 0},
    {PEN_STR("importlib"), OWNER, 0, TO_ROOT},
    {PEN_STR("implements"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("instanceof"), KEYWORD, INFIX, 0},
    {PEN_STR("invokeargs"), CALLS_BACK, ANY, 0},
    {PEN_STR("include_once"), LOADS, COMMAND, 0},
    {PEN_STR("import_module"), LOADS, SURE | ANY, 0},
    {PEN_STR("instance_eval"), EVALUATES, SURE | ANY, MADE},
    {PEN_STR("instance_exec"), EVALUATES, SURE | ANY, MADE},
    {PEN_STR("iterator_apply"), CALLS_BACK, 0, 0},
    {PEN_STR("ignore_user_abort"), SHOWS, 0, 0},
};
static const struct pen_code_name of_j[] = {
    {PEN_STR("java"), OWNER, 0, TO_JAVA},
    {PEN_STR("javax"), OWNER, 0, TO_JAVA},
};
static const struct pen_code_name of_k[] = {
    {PEN_STR("kernel"), OWNER, CAPITAL, TO_COMMANDS},
};
static const struct pen_code_name of_l[] = {
    {PEN_STR("let"), KEYWORD, LEADS, 0},
    {PEN_STR("log"), SHOWS, 0, 0},
    {PEN_STR("load"), EVALUATES, 0, MADE},
    {PEN_STR("lines"), READS, 0, 0},
    {PEN_STR("local"), KEYWORD, LEADS, 0},
    {PEN_STR("lambda"), KEYWORD, LEADS, 0},
    {PEN_STR("lookup"), CLASSES, ANY, 0},
    {PEN_STR("loadlib"), LOADS, 0, 0},
    {PEN_STR("loadfile"), LOADS, 0, 0},
    {PEN_STR("loadclass"), CLASSES, ANY, 0},
    {PEN_STR("loadstring"), EVALUATES, SURE | ANY, MADE},
};
static const struct pen_code_name of_m[] = {
    {PEN_STR("me"), EVALUATES, OWNED, 0},
    {PEN_STR("my"), KEYWORD, LEADS, 0},
    {PEN_STR("md5"), SHOWS, 0, 0},
    {PEN_STR("mro"), WALKS, 0, WALKED},
    {PEN_STR("method"), FETCHES, ANY, 0},
    {PEN_STR("mainmodule"), OWNER, 0, TO_PROCESS | TAKEN},
    {PEN_STR("module_eval"), EVALUATES, SURE | ANY, MADE},
    {PEN_STR("mb_ereg_replace"), REPLACES, 0, 0},
    {PEN_STR("move_uploaded_file"), WRITES, 0, 0},
};
static const struct pen_code_name of_n[] = {
    {PEN_STR("nt"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("new"), KEYWORD, LEADS, 0},
    {PEN_STR("not"), KEYWORD, LEADS, 0},
};
static const struct pen_code_name of_o[] = {
    {PEN_STR("of"), KEYWORD, INFIX | LOOSE, 0},
    {PEN_STR("or"), KEYWORD, INFIX, 0},
    {PEN_STR("os"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("our"), KEYWORD, LEADS, 0},
    {PEN_STR("open"), READS, 0, 0},
    {PEN_STR("open3"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("ob_start"), CALLS_BACK, 0, 0},
};
static const struct pen_code_name of_p[] = {
    {PEN_STR("pty"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("puts"), SHOWS, LEADS, 0},
    {PEN_STR("popen"), RUNS, 0, 0},
    {PEN_STR("posix"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("print"), SHOWS, LEADS, 0},
    {PEN_STR("popen2"), RUNS, SURE, 0},
    {PEN_STR("popen3"), RUNS, SURE, 0},
    {PEN_STR("popen4"), RUNS, SURE, 0},
    {PEN_STR("printf"), SHOWS, 0, 0},
    {PEN_STR("public"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("putenv"), WRITES, 0, 0},
    {PEN_STR("phpinfo"), TELLS, SURE, 0},
    {PEN_STR("print_r"), SHOWS, 0, 0},
    {PEN_STR("println"), SHOWS, LEADS, 0},
    {PEN_STR("private"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("process"), OWNER, 0, TO_PROCESS | TO_COMMANDS},
    {PEN_STR("packages"), OWNER, 0, TO_JAVA},
    {PEN_STR("passthru"), RUNS, SURE, 0},
    {PEN_STR("php_uname"), TELLS, 0, 0},
    {PEN_STR("proc_open"), RUNS, SURE, 0},
    {PEN_STR("protected"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("pcntl_exec"), RUNS, SURE, 0},
    {PEN_STR("phpcredits"), TELLS, SURE, 0},
    {PEN_STR("phpversion"), TELLS, 0, 0},
    {PEN_STR("posix_spawn"), RUNS, SURE, 0},
    {PEN_STR("processimpl"), MACHINE, CAPITAL, TO_MACHINE},
    {PEN_STR("public_send"), CALLS_BACK, ANY, 0},
    {PEN_STR("preg_replace"), REPLACES, 0, 0},
    {PEN_STR("php_sapi_name"), TELLS, 0, 0},
    {PEN_STR("processbuilder"), MACHINE, CAPITAL, TO_MACHINE},
    {PEN_STR("preg_replace_callback"), CALLS_BACK, 0, 0},
};
static const struct pen_code_name of_r[] = {
    {PEN_STR("run"), RUNS, OWNED, 0},
    {PEN_STR("read"), READS, 0, 0},
    {PEN_STR("raise"), KEYWORD, LEADS, 0},
    {PEN_STR("return"), KEYWORD, LEADS, 0},
    {PEN_STR("request"), INPUT, CAPITAL, SENT},
    {PEN_STR("require"), LOADS, COMMAND, 0},
    {PEN_STR("runtime"), MACHINE, CAPITAL, TO_MACHINE},
    {PEN_STR("readfile"), READS, SURE, 0},
    {PEN_STR("readlines"), READS, 0, 0},
    {PEN_STR("readdirsync"), READS, SURE, 0},
    {PEN_STR("rawurldecode"), DECODES, ANY, DECODED},
    {PEN_STR("readalllines"), READS, 0, 0},
    {PEN_STR("readfilesync"), READS, SURE, 0},
    {PEN_STR("require_once"), LOADS, COMMAND, 0},
    {PEN_STR("runincontext"), EVALUATES, SURE | ANY, MADE},
    {PEN_STR("runinnewcontext"), EVALUATES, SURE | ANY, MADE},
    {PEN_STR("reflectionmethod"), FETCHES, ANY, 0},
    {PEN_STR("runinthiscontext"), EVALUATES, SURE | ANY, MADE},
    {PEN_STR("reflectionfunction"), CALLS_BACK, 0, 0},
    {PEN_STR("register_tick_function"), CALLS_BACK, 0, 0},
    {PEN_STR("register_shutdown_function"), CALLS_BACK, 0, 0},
};
static const struct pen_code_name of_s[] = {
    {PEN_STR("sub"), KEYWORD, LEADS, 0},
    {PEN_STR("self"), OWNER, 0, TO_ROOT},
    {PEN_STR("send"), CALLS_BACK, ANY, 0},
    {PEN_STR("sha1"), SHOWS, 0, 0},
    {PEN_STR("sleep"), WAITS, 0, 0},
    {PEN_STR("spawn"), RUNS, 0, 0},
    {PEN_STR("start"), RUNS, OWNED, 0},
    {PEN_STR("spawnl"), RUNS, SURE, 0},
    {PEN_STR("spawnv"), RUNS, SURE, 0},
    {PEN_STR("static"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("strrev"), DECODES, ANY, DECODED},
    {PEN_STR("switch"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("system"), RUNS, COMMAND, 0},
    {PEN_STR("scandir"), READS, SURE, 0},
    {PEN_STR("spawnle"), RUNS, SURE, 0},
    {PEN_STR("spawnlp"), RUNS, SURE, 0},
    {PEN_STR("spawnvp"), RUNS, SURE, 0},
    {PEN_STR("spawnsync"), RUNS, SURE, 0},
    {PEN_STR("startfile"), RUNS, SURE, 0},
    {PEN_STR("str_rot13"), DECODES, ANY, DECODED},
    {PEN_STR("settimeout"), EVALUATES, 0, 0},
    {PEN_STR("shell_exec"), RUNS, SURE, 0},
    {PEN_STR("subprocess"), OWNER, 0, TO_COMMANDS},
    {PEN_STR("setinterval"), EVALUATES, 0, 0},
    {PEN_STR("show_source"), READS, SURE, 0},
    {PEN_STR("setimmediate"), EVALUATES, 0, 0},
    {PEN_STR("shellexecute"), RUNS, SURE, 0},
    {PEN_STR("set_time_limit"), SHOWS, 0, 0},
    {PEN_STR("sys_getloadavg"), TELLS, 0, 0},
    {PEN_STR("set_error_handler"), CALLS_BACK, 0, 0},
    {PEN_STR("scriptenginemanager"), MACHINE, 0, TO_ENGINE},
    {PEN_STR("spelexpressionparser"), MACHINE, 0, TO_ENGINE},
    {PEN_STR("spl_autoload_register"), CALLS_BACK, 0, 0},
};
static const struct pen_code_name of_t[] = {
    {PEN_STR("t"), CLASSES, CAPITAL, 0},
    {PEN_STR("try"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("then"), KEYWORD, LEADS, 0},
    {PEN_STR("this"), OWNER, 0, TO_ROOT},
    {PEN_STR("type"), CLASSES, ANY, 0},
    {PEN_STR("throw"), KEYWORD, LEADS, 0},
    {PEN_STR("typeof"), KEYWORD, LEADS, 0},
    {PEN_STR("tb_frame"), WALKS, SURE, WALKED | TAKEN},
    {PEN_STR("time_nanosleep"), WAITS, 0, 0},
};
static const struct pen_code_name of_u[] = {
    {PEN_STR("use"), KEYWORD, LEADS, 0},
    {PEN_STR("until"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("usort"), CALLS_BACK, 0, 0},
    {PEN_STR("uasort"), CALLS_BACK, 0, 0},
    {PEN_STR("uksort"), CALLS_BACK, 0, 0},
    {PEN_STR("unless"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("unlink"), WRITES, 0, 0},
    {PEN_STR("usleep"), WAITS, 0, 0},
    {PEN_STR("unescape"), DECODES, ANY, DECODED},
    {PEN_STR("unhexlify"), DECODES, ANY, DECODED},
    {PEN_STR("unlinksync"), WRITES, 0, 0},
    {PEN_STR("urlclassloader"), CLASSES, 0, 0},
};
static const struct pen_code_name of_v[] = {
    {PEN_STR("vm"), OWNER, 0, TO_ENGINE},
    {PEN_STR("var"), KEYWORD, LEADS, 0},
    {PEN_STR("void"), KEYWORD, LEADS, 0},
    {PEN_STR("var_dump"), SHOWS, 0, 0},
    {PEN_STR("var_export"), SHOWS, 0, 0},
};
static const struct pen_code_name of_w[] = {
    {PEN_STR("when"), KEYWORD, LEADS, 0},
    {PEN_STR("with"), KEYWORD, LEADS, 0},
    {PEN_STR("while"), KEYWORD, LEADS | BUILDS, 0},
    {PEN_STR("write"), SHOWS, 0, 0},
    {PEN_STR("window"), OWNER, 0, TO_ROOT},
    {PEN_STR("writeln"), SHOWS, 0, 0},
    {PEN_STR("writefile"), WRITES, 0, 0},
    {PEN_STR("writefilesync"), WRITES, 0, 0},
};
static const struct pen_code_name of_x[] = {
    {PEN_STR("xor"), KEYWORD, INFIX, 0},
};
static const struct pen_code_name of_y[] = {
    {PEN_STR("yield"), KEYWORD, LEADS, 0},
};
static const struct pen_code_name of_z[] = {
    {PEN_STR("zend_version"), TELLS, 0, 0},
};
/* clang-format on */

#define OF(array)                  \
    {                              \
        array, PEN_COUNT_OF(array) \
    }
static const struct {
    const struct pen_code_name *names;
    size_t count;
} by_first['z' + 1] = {
    ['$'] = OF(of_dollar), ['_'] = OF(of_underscore), ['a'] = OF(of_a), ['b'] = OF(of_b),
    ['c'] = OF(of_c),      ['d'] = OF(of_d),          ['e'] = OF(of_e), ['f'] = OF(of_f),
    ['g'] = OF(of_g),      ['h'] = OF(of_h),          ['i'] = OF(of_i), ['j'] = OF(of_j),
    ['k'] = OF(of_k),      ['l'] = OF(of_l),          ['m'] = OF(of_m), ['n'] = OF(of_n),
    ['o'] = OF(of_o),      ['p'] = OF(of_p),          ['r'] = OF(of_r), ['s'] = OF(of_s),
    ['t'] = OF(of_t),      ['u'] = OF(of_u),          ['v'] = OF(of_v), ['w'] = OF(of_w),
    ['x'] = OF(of_x),      ['y'] = OF(of_y),          ['z'] = OF(of_z),
};
#undef OF

/* Of words of one length and first letter; `word` in any case. */
static bool is_rest(struct pen_str name, struct pen_str word)
{
    size_t i = 1;
    while (i < word.len && pen_to_lower(word.ptr[i]) == name.ptr[i]) {
        i++;
    }
    return i == word.len;
}

const struct pen_code_name *pen_code_name_of(struct pen_str word)
{
    if (word.len < 2 && (word.len == 0 || word.ptr[0] != 'T')) return NULL; /* T(...) */
    const unsigned char first = (unsigned char)pen_to_lower(word.ptr[0]);
    if (first >= PEN_COUNT_OF(by_first)) return NULL;

    /* From the short ones on: a text has more short words than long ones. */
    const struct pen_code_name *const names = by_first[first].names;
    const size_t count = by_first[first].count;
    size_t i = 0;
    while (i < count && names[i].name.len < word.len) {
        i++;
    }
    for (; i < count && names[i].name.len == word.len; i++) {
        if (!is_rest(names[i].name, word)) continue;
        const bool small = word.ptr[0] == names[i].name.ptr[0];
        return small && names[i].flags == CAPITAL ? NULL : &names[i];
    }
    return NULL;
}

unsigned pen_code_module(struct pen_str name)
{
    static const struct {
        struct pen_str name;
        unsigned leads;
    } modules[] = {
        {PEN_STR("os"), TO_COMMANDS},
        {PEN_STR("nt"), TO_COMMANDS},
        {PEN_STR("fs"), TO_FILES},
        {PEN_STR("io"), TO_FILES},
        {PEN_STR("vm"), TO_ENGINE},
        {PEN_STR("pty"), TO_COMMANDS},
        {PEN_STR("sys"), TO_ROOT},
        {PEN_STR("net"), TO_ROOT},
        {PEN_STR("dns"), TO_ROOT},
        {PEN_STR("code"), TO_ENGINE},
        {PEN_STR("http"), TO_ROOT},
        {PEN_STR("time"), TO_ROOT},
        {PEN_STR("posix"), TO_COMMANDS},
        {PEN_STR("https"), TO_ROOT},
        {PEN_STR("Kernel"), TO_COMMANDS},
        {PEN_STR("shutil"), TO_FILES},
        {PEN_STR("timeit"), TO_ENGINE},
        {PEN_STR("ctypes"), TO_ROOT},
        {PEN_STR("socket"), TO_ROOT},
        {PEN_STR("pickle"), TO_ROOT},
        {PEN_STR("module"), TO_ROOT},
        {PEN_STR("process"), TO_PROCESS},
        {PEN_STR("commands"), TO_COMMANDS},
        {PEN_STR("platform"), TO_COMMANDS},
        {PEN_STR("builtins"), TO_ROOT},
        {PEN_STR("importlib"), TO_ROOT},
        {PEN_STR("subprocess"), TO_COMMANDS},
        {PEN_STR("spawn_sync"), TO_COMMANDS},
        {PEN_STR("__builtin__"), TO_ROOT},
        {PEN_STR("process_wrap"), TO_COMMANDS},
        {PEN_STR("child_process"), TO_COMMANDS},
        {PEN_STR("java.lang.Class"), TO_JAVA},
        {PEN_STR("java.lang.System"), TO_JAVA},
        {PEN_STR("java.lang.Runtime"), TO_MACHINE},
        {PEN_STR("java.lang.ProcessImpl"), TO_MACHINE},
        {PEN_STR("java.lang.ClassLoader"), TO_JAVA},
        {PEN_STR("java.net.URLClassLoader"), TO_JAVA},
        {PEN_STR("groovy.lang.GroovyShell"), TO_ENGINE},
        {PEN_STR("java.lang.ProcessBuilder"), TO_MACHINE},
        {PEN_STR("javax.naming.InitialContext"), TO_JAVA},
        {PEN_STR("javax.script.ScriptEngineManager"), TO_ENGINE},
    };
    if (pen_str_starts(name, PEN_S("node:"))) name = pen_str_slice(name, 5, name.len);
    /* By length. */
    for (size_t i = 0; i < PEN_COUNT_OF(modules) && modules[i].name.len <= name.len; i++) {
        if (modules[i].name.len < name.len || modules[i].name.ptr[0] != name.ptr[0]) continue;
        if (pen_str_equal(name, modules[i].name)) return modules[i].leads;
    }
    return 0;
}
