/** Values that add to a mail, and mails. */
#include "tests/unit/filter_alone.h"

static void blocks_values_that_gain_a_header(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"an address and a hidden copy", PEN_STR("a@b.example\nBcc: c@d.example")},
        {"where answers go", PEN_STR("Jane\r\nReply-To: c@d.example\r\n")},
        {"one more recipient alone", PEN_STR("Jane\r\nCc: c@d.example")},
        {"a list's field", PEN_STR("a@b.example\r\nList-Unsubscribe: <https://c.example/>")},
        {"a smuggled head", PEN_STR("From:a@b.example%0ATo:c@d.example")},
        {"CR LF", PEN_STR("a@b.example\r\nCc: c@d.example")},
        {"CR alone", PEN_STR("a@b.example\rTo: c@d.example")},
        {"with a display name", PEN_STR("Jane Doe <a@b.example>\r\nBcc: c@d.example")},
        {"a subject", PEN_STR("Re: your order\nBcc: c@d.example, e@f.example")},
        {"and a body behind", PEN_STR("a@b.example\nBcc: c@d.example\n\nBuy our pills. They are "
                                      "cheap, good for you, and shipped at once.")},
        {"the subject of an address", PEN_STR("a@b.example\nSubject: You have won")},
        {"two fields", PEN_STR("a@b.example\nSubject: x\nReply-To: c@d.example")},
        {"another body", PEN_STR("Hello\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
                                 "boundary=x\n\n--x\nContent-Type: text/html\n\nhi\n--x--")},
        {"an address and a type", PEN_STR("a@b.example\r\nContent-Type: text/html")},
        {"a folded one", PEN_STR("a@b.example\r\nX-Mailer: x")},
        {"blank line of an address", PEN_STR("a@b.example\r\n\r\nBcc: c@d.example")},
        {"encoded", PEN_STR("a@b.example%0ABcc:c@d.example")},
        {"encoded, a name", PEN_STR("Jane%0d%0aTo:c@d.example")},
        {"encoded twice", PEN_STR("Jane%250d%250aBcc:c@d.example")},
        {"a URL", PEN_STR("https://a.example/send?to=x%0d%0aBcc:%20c@d.example")},
        {"U+560A, U+560D", PEN_STR("x\xe5\x98\x8d\xe5\x98\x8a"
                                   "Bcc: c@d.example")},
        {"U+2028", PEN_STR("x\xe2\x80\xa8"
                           "Bcc: c@d.example")},
        {"U+0085", PEN_STR("x\xc2\x85"
                           "Subject: won")},
        {"written as escapes", PEN_STR("a@b.example\\r\\nBcc: c@d.example")},
        {"character reference", PEN_STR("a@b.example&#10;Bcc: c@d.example")},
    };
    filter_case_blocks(&it, "mail", rows, PEN_COUNT_OF(rows));
}

static void blocks_values_that_command_the_server(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"another recipient", PEN_STR("a@b.example\r\nRCPT TO:<c@d.example>")},
        {"words alone", PEN_STR("a@b.example%0d%0aRSET%0d%0aQUIT")},
        {"configuration of sendmail", PEN_STR("a@b.example -C/etc/passwd -X/tmp/out")},
        {"a program of Exim", PEN_STR("\"a\\\" -be ${run{/bin/id}} b\"@c.example")},
        {"another mail", PEN_STR("a@b.example>\r\nDATA\r\nSubject: x\r\n\r\nhi\r\n.\r\nMAIL "
                                 "FROM:<e@f.example>\r\nRCPT TO:<c@d.example>")},
        {"smuggled", PEN_STR("Hello all\r\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT "
                             "TO:<c@d.example>\r\nDATA\r\nFrom: x@y.example\r\n\r\nhi")},
        {"encoded", PEN_STR("hi%0d%0a.%0d%0aMAIL%20FROM:%3ca@b.example%3e")},
        {"IMAP", PEN_STR("INBOX\"\r\nA001 DELETE \"INBOX\"")},
        {"IMAP, encoded", PEN_STR("4791 BODY[HEADER]\"%0d%0aV100 CAPABILITY%0d%0aV101 FETCH 4791")},
        {"one command", PEN_STR("\nRCPT TO: c@d.example\n")},
        {"another name", PEN_STR("a@b.example\r\nEHLO x")},
        {"a question", PEN_STR("a@b.example\r\nVRFY root")},
        {"options first", PEN_STR("-OQueueDirectory=/tmp -X/var/www/html/x.php")},
        {"the sending program's options",
         PEN_STR("\"a\\\" -oQ/tmp/ -X/var/www/cache/x.php  b\"@c.example")},
        {"the same, long",
         PEN_STR("\"a b\" -OQueueDirectory=/tmp -X/var/www/html/r.php\"@c.example")},
    };
    filter_case_blocks(&it, "mail", rows, PEN_COUNT_OF(rows));
}

/* Mails, and texts about mails; a finding is no harm, a refusal is. */
static void lets_mails_pass(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a note", PEN_STR("Contact: jane@a.example\nFrom: 9am to 5pm")},
        {"a shell", PEN_STR("jane@host:~$ ls\nTo: x")},
        {"an aisle", PEN_STR("Aisle\nA1 STORE NORTH\nA2 STORE SOUTH")},
        {"commands that are listed", PEN_STR("Commands\nDATA\nRSET\nQUIT")},
        {"a whole mail",
         PEN_STR("From: Jane <jane@a.example>\r\nTo: joe@b.example\r\nSubject: lunch\r\n"
                 "Content-Type: text/plain\r\n\r\nNoon? Jane\r\n")},
        {"as it is stored", PEN_STR("Return-Path: <jane@a.example>\nReceived: from x by y\nTo: "
                                    "joe@b.example\nBcc: z@c.example\n\nhi")},
        {"an error", PEN_STR("Bounced\nRCPT TO:<a@b.example> was refused")},
        {"a patch", PEN_STR("From 5749568 Mon Sep 17 00:00:00 2001\nFrom: Jane <jane@a.example>\n"
                            "Date: Mon, 2 Mar 2026 10:00:00 +0000\nSubject: [PATCH] fix it\nCc: "
                            "joe@b.example\n\n---\n x | 2 +-\n")},
        {"trailers", PEN_STR("mm: fix a leak\n\nCc: stable@kernel.example\nSigned-off-by: Jane "
                             "<jane@a.example>\n")},
        {"trailers behind text", PEN_STR("mm: fix a leak\n\nIt leaked.\n\nReported-by: Joe <j@b."
                                         "example>\nCc: <stable@kernel.example>\n")},
        {"forwarded", PEN_STR("---------- Forwarded message ---------\nFrom: Jane "
                              "<jane@a.example>\nDate: Mon, 2 Mar 2026\nSubject: lunch\nTo: "
                              "<joe@b.example>\n\nNoon?")},
        {"answered", PEN_STR("Fine with me.\n\n-----Original Message-----\nFrom: Jane\nSent: "
                             "Monday\nTo: joe@b.example\nSubject: RE: lunch\n\nNoon?")},
        {"quoted", PEN_STR("On Monday Jane wrote:\n> From: x\n> To: joe@b.example\n> hi")},
        {"a notice", PEN_STR("New message received\nFrom: jane@a.example\nTo: "
                             "sales@b.example\nSubject: offer")},
        {"a form", PEN_STR("Name: Jane\nEmail: jane@a.example\nSubject: offer\nMessage: hello")},
        {"a journey", PEN_STR("Your trip\nFrom: Bremen\nTo: Hamburg\nDate: Monday")},
        {"a meeting", PEN_STR("Team meeting\nFrom: 10:00\nTo: 11:00")},
        {"an HTTP answer", PEN_STR("HTTP/1.1 200 OK\nContent-Type: text/html\nDate: today\n\nhi")},
        {"an HTTP request", PEN_STR("POST /x HTTP/1.1\nContent-Type: multipart/form-data; "
                                    "boundary=b\n\n--b\nContent-Disposition: form-data\n\n1")},
        {"a letter", PEN_STR("Dear all,\nsee you on Monday.\nTo: the whole team\nJane")},
        {"one address", PEN_STR("jane@a.example")},
        {"addresses, a line each", PEN_STR("jane@a.example\njoe@b.example\n")},
        {"mail software", PEN_STR("smtp: send RCPT TO: once\n\nThe client sent MAIL FROM: and RCPT "
                                  "TO: twice when it was redirected. Fix that.")},
        {"a session", PEN_STR("220 mail.example ESMTP\nEHLO a.example\n250 OK\nMAIL "
                              "FROM:<a@b.example>\n250 OK\nRCPT TO:<c@d.example>\n250 OK")},
        {"a session as one sees it", PEN_STR("S: 220 hello\nC: MAIL FROM:<a@b.example>\nC: RCPT "
                                             "TO:<c@d.example>")},
        {"a MIME body", PEN_STR("This is a multi-part message in MIME format.\n--b1b1b1\n"
                                "Content-Type: text/plain\n\nhi\n--b1b1b1--\n")},
        {"seats", PEN_STR("Row A\nA1 taken\nA2 free")},
        {"YAML", PEN_STR("notify:\n  to: ops@a.example\n  cc: dev@a.example\nsubject: alarm")},
        {"a cron file", PEN_STR("MAILTO=ops@a.example\n0 5 * * * run\n")},
        {"a signature", PEN_STR("Jane\n-- \nJane Doe\nTel: 123")},
        {"a link", PEN_STR("mailto:a@b.example?subject=Hello%20you&body=Dear%20all,%0Asee%20you")},
        {"a command's option", PEN_STR("ssh -oQuiet=yes host")},
        {"an escape in code", PEN_STR("puts(\"Name: x\\nTo: y\\n\");")},
        {"a calendar", PEN_STR("BEGIN:VEVENT\nORGANIZER:mailto:a@b.example\nEND:VEVENT")},
        {"a vCard", PEN_STR("BEGIN:VCARD\nFN:Jane\nEMAIL:jane@a.example\nEND:VCARD")},
        {"a digest", PEN_STR("Today's topics:\nSubject: one\nFrom: a@b.example\nSubject: two")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict == PEN_BLOCK) fail_msg("%s: %s", rows[i].why, judgement.reason);
    }
}

static void weighs_these_only_for_the_sink(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a whole mail", PEN_STR("From: jane@a.example\nTo: joe@b.example\n\nhi")},
        {"a notice", PEN_STR("New message\nFrom: jane@a.example\nTo: joe@b.example")},
        {"a subject's field", PEN_STR("Hello\nSubject: another")},
        {"behind a text", PEN_STR("Dear all,\nhow are you\n\nBcc: joe@b.example")},
        {"a patch", PEN_STR("From 5749568 Mon Sep 17\nFrom: Jane <j@a.example>\nTo: x@y.example")},
    };
    filter_case_needs_sink("mail", PEN_S("mail"), rows, PEN_COUNT_OF(rows));
}

/* A query's value has no lines of its own; a form's has. */
static void knows_a_query_from_a_form(void **state)
{
    (void)state;
    const struct pen_event_input query = {.query = PEN_STR("name=Jane%0aCc:c@d.example")};
    assert_int_equal(filter_case_event(&it, &query).verdict, PEN_BLOCK);

    const struct pen_event_input form = {.body = PEN_STR("note=Jane%0aCc:c@d.example"),
                                         .body_kind = PEN_BODY_FORM};
    assert_int_not_equal(filter_case_event(&it, &form).verdict, PEN_BLOCK);
}

static void is_linear_in_its_lines(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("\nBcc:a@b"), PEN_STR("\n"),      PEN_STR("\nRCPT TO:"), PEN_STR("\nA1 LIST"),
        PEN_STR("\n--aaaa"),  PEN_STR("\\nTo: "), PEN_STR(" -oQ"),       PEN_STR("@a"),
    };
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_values_that_gain_a_header),
        cmocka_unit_test(blocks_values_that_command_the_server),
        cmocka_unit_test(lets_mails_pass),
        cmocka_unit_test(weighs_these_only_for_the_sink),
        cmocka_unit_test(knows_a_query_from_a_form),
        cmocka_unit_test(is_linear_in_its_lines),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
