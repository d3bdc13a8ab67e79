/** `penstock health`: asks a running gateway's admin listener, for images that have no curl. */
#include "gateway/cli/health_command.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "filters/core/str.h"
#include "gateway/cli/options.h"

#define TIMEOUT_MS 2000L

static const char help[] =
    "penstock health [--admin URL] [--ready]\n"
    "\n"
    "Asks the admin listener of a running gateway whether it is alive, for the health check of a\n"
    "container.\n"
    "\n"
    "  -a, --admin URL  where it listens; default http://127.0.0.1:9901\n"
    "  -r, --ready      ask /readyz instead: has it all its key sets, and is it not draining?\n"
    "  -h, --help       this text\n"
    "\n"
    "Exit status: 0 yes, 1 no, 2 used wrongly.\n";

static size_t drop(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

static int ask(const char *url)
{
    CURL *const curl = curl_easy_init();
    if (curl == NULL) return 1;

    long status = 0;
    CURLcode result = curl_easy_setopt(curl, CURLOPT_URL, url);
    if (result == CURLE_OK) result = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    if (result == CURLE_OK) result = curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    if (result == CURLE_OK) result = curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    if (result == CURLE_OK) result = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    if (result == CURLE_OK) result = curl_easy_perform(curl);
    if (result == CURLE_OK) result = curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    if (result != CURLE_OK) {
        fprintf(stderr, "penstock health: %s: %s\n", url, curl_easy_strerror(result));
        return 1;
    }
    if (status != 200) fprintf(stderr, "penstock health: %s answered %ld\n", url, status);
    return status == 200 ? 0 : 1;
}

int pen_cli_health(int argc, char **argv)
{
    static const struct option options[] = {
        {"admin", required_argument, NULL, 'a'},
        {"ready", no_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const char *admin = "http://127.0.0.1:9901";
    const char *page = "/healthz";
    for (int option; (option = pen_option_next(argc, argv, ":a:rh", options)) != -1;) {
        switch (option) {
        case 'h':
            return fputs(help, stdout) == EOF ? 2 : 0;
        case 'a':
            admin = optarg;
            break;
        case 'r':
            page = "/readyz";
            break;
        default:
            return 2;
        }
    }
    char url[512];
    const int length = snprintf(url, sizeof(url), "%s%s", admin, page);
    if (optind != argc || length < 0 || (size_t)length >= sizeof(url)) {
        fprintf(stderr, "penstock health: see: penstock health --help\n");
        return 2;
    }
    return ask(url);
}
