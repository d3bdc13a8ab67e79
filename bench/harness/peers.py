"""The contestants: what each is told to do, so that all do the same.

Each takes the same event over TLS 1.3 and keep-alive connections and hands it over mutual TLS to the same
function. Those that check a token check the same RS256 token of the same issuer.
"""
import json
import pathlib
import re
import resource

from harness.common import PENSTOCK, Trouble, find, free_port
from harness.setting import ISSUER, nginx_command

NGINX_MODSECURITY = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so"
APACHE_MODULES = "/usr/lib/apache2/modules"
CRS = "/usr/share/modsecurity-crs/rules"
CRS_SETUP = "/etc/modsecurity/crs/crs-setup.conf"
UNICODE = "/etc/modsecurity/unicode.mapping"

# All of them; one bound is raised, because 4 MiB of orders are a list of 5,624.
ON = "{ structure: { elements: 100000 } }"

WHAT = {
    "nginx": "TLS in, mutual TLS out, nothing else; one worker",
    "haproxy": "the same; one thread",
    "haproxy + jwt": "and the token's signature, issuer, audience and end (jwt_verify)",
    "apache + oidc": "Apache's event MPM and mod_auth_openidc as a resource server, keys at hand",
    "nginx + modsecurity": "nginx with ModSecurity 3 and the Core Rule Set, paranoia level 1, blocking; no token",
    "apache + modsecurity": "Apache with ModSecurity 2 and the same rules; no token",
    "penstock": "one worker: token, all filters, the record of each event",
    "penstock, forwarding only": "one worker: no token, no filters, no record; wire check and event reading remain",
}


def nginx_proxy(setting, port, extra="", upstream=None, tls=True):
    target = upstream or setting.endpoint.port
    inbound = (f"ssl; ssl_certificate {setting.path('server.pem')}; ssl_certificate_key {setting.path('server.key')}; "
               "ssl_protocols TLSv1.3; ssl_session_cache shared:s:10m; ssl_session_timeout 1h") if tls else ""
    outbound = (f"proxy_pass https://function; proxy_ssl_certificate {setting.path('client.pem')}; "
                f"proxy_ssl_certificate_key {setting.path('client.key')}; "
                f"proxy_ssl_trusted_certificate {setting.path('ca.pem')}; proxy_ssl_verify on; proxy_ssl_name localhost;"
                if tls else "proxy_pass http://function;")
    return (f"upstream function {{ server 127.0.0.1:{target}; keepalive 512; keepalive_requests 1000000000; }}\n"
            f"server {{ listen 127.0.0.1:{port} {inbound}; {extra}\n"
            f"location / {{ {outbound} proxy_http_version 1.1; proxy_set_header Connection ''; }} }}")


def start_nginx(setting, workers=1):
    port = free_port()
    command = nginx_command(setting.folder, f"nginx-{port}", nginx_proxy(setting, port), workers)
    return setting.start(f"nginx-{port}", command, port)


def start_nginx_as_installed(setting):
    """Its own client_body_buffer_size; it costs a temporary file for each larger body."""
    port = free_port()
    command = nginx_command(setting.folder, f"nginx-{port}", nginx_proxy(setting, port), body_buffer="")
    return setting.start(f"nginx-{port}", command, port)


def haproxy_config(setting, port, threads, rules):
    # It wants two descriptors a connection and some, and does not start with fewer.
    connections = min(10000, (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200) // 2)
    path = setting.path(f"haproxy-{port}.cfg")
    path.write_text(f"""
global
    nbthread {threads}
    maxconn {connections}
    tune.bufsize 32768
defaults
    mode http
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    http-reuse always
frontend callers
    bind 127.0.0.1:{port} ssl crt {setting.path('server.both.pem')} ssl-min-ver TLSv1.3 alpn http/1.1 backlog 4096
{rules}
    default_backend function
backend function
    server f 127.0.0.1:{setting.endpoint.port} ssl crt {setting.path('client.both.pem')} ca-file {setting.path('ca.pem')} verify required sni str(localhost) verifyhost localhost
""", encoding="utf-8")
    return [find("haproxy"), "-db", "-f", str(path)]


def start_haproxy(setting, workers=1):
    port = free_port()
    return setting.start(f"haproxy-{port}", haproxy_config(setting, port, workers, ""), port)


def start_haproxy_jwt(setting):
    port = free_port()
    rules = f"""
    http-request set-var(txn.token) http_auth_bearer
    http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
    http-request set-var(txn.iss) var(txn.token),jwt_payload_query('$.iss')
    http-request set-var(txn.aud) var(txn.token),jwt_payload_query('$.aud')
    http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
    http-request set-var(txn.now) date()
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str RS256 }}
    http-request deny deny_status 401 unless {{ var(txn.iss) -m str {ISSUER} }}
    http-request deny deny_status 401 unless {{ var(txn.aud) -m str functions }}
    http-request deny deny_status 401 unless {{ var(txn.token),jwt_verify(txn.alg,"{setting.path('signing.pub')}") -m int 1 }}
    http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
"""
    return setting.start(f"haproxy-jwt-{port}", haproxy_config(setting, port, 1, rules), port)


def modsecurity_rules(setting, name, recommended):
    """The recommended configuration, blocking, for bodies as large as they are sent here, with the Core Rule Set."""
    text = pathlib.Path(recommended).read_text(encoding="utf-8")
    for key, value in (("SecRuleEngine", "On"), ("SecAuditEngine", "Off"), ("SecRequestBodyLimit", "16777216"),
                       ("SecRequestBodyNoFilesLimit", "16777216"), ("SecRequestBodyJsonDepthLimit", "512"),
                       ("SecPcreMatchLimit", "100000"), ("SecPcreMatchLimitRecursion", "100000")):
        text = re.sub(rf"(?m)^{key} .*$", f"{key} {value}", text)
    text = re.sub(r"(?m)^SecUnicodeMapFile \S+", f"SecUnicodeMapFile {UNICODE}", text)
    text = re.sub(r"(?m)^SecAuditLog .*$", f"SecAuditLog {setting.path(name + '.audit.log')}", text)
    text = re.sub(r"(?m)^(SecDataDir|SecTmpDir) .*$", rf"\1 {setting.folder}", text)
    path = setting.path(f"{name}.rules")
    path.write_text(f"{text}\nInclude {CRS_SETUP}\nInclude {CRS}/*.conf\n", encoding="utf-8")
    return path


def start_nginx_modsecurity(setting, workers=1, tls=True):
    if not pathlib.Path(NGINX_MODSECURITY).exists() or not pathlib.Path(CRS).exists():
        raise Trouble("libnginx-mod-http-modsecurity or modsecurity-crs is not installed")
    port = free_port()
    name = f"nginx-modsecurity-{port}"
    rules = modsecurity_rules(setting, name, "/etc/nginx/modsecurity.conf")
    body = nginx_proxy(setting, port, f"modsecurity on; modsecurity_rules_file {rules};",
                       None if tls else setting.plain.port, tls)
    command = nginx_command(setting.folder, name, body, workers, f"load_module {NGINX_MODSECURITY};")
    return setting.start(name, command, port, seconds=60)


def apache_command(setting, name, port, modules, extra, server="", tls=True):
    """One process of the event MPM, so that CPU and memory are a worker's, as with the others."""
    loaded = ["mpm_event", "authn_core", "authz_core", "authz_user", "unixd", "proxy", "proxy_http", "reqtimeout", *modules]
    loads = "\n".join(f"LoadModule {module}_module {APACHE_MODULES}/mod_{module}.so" for module in loaded
                      if pathlib.Path(f"{APACHE_MODULES}/mod_{module}.so").exists())
    inbound = (f"SSLEngine on\nSSLCertificateFile {setting.path('server.pem')}\nSSLCertificateKeyFile "
               f"{setting.path('server.key')}\nSSLProtocol TLSv1.3\nSSLProxyEngine on\nSSLProxyMachineCertificateFile "
               f"{setting.path('client.both.pem')}\nSSLProxyCACertificateFile {setting.path('ca.pem')}\nSSLProxyVerify require"
               ) if tls else ""
    target = f"https://localhost:{setting.endpoint.port}" if tls else f"http://127.0.0.1:{setting.plain.port}"
    path = setting.path(f"{name}.conf")
    path.write_text(f"""
ServerRoot {setting.folder}
ServerName localhost
PidFile {setting.path(name + '.pid')}
DefaultRuntimeDir {setting.folder}
Mutex posixsem
{loads}
User www-data
Group www-data
ErrorLog {setting.path(name + '.error.log')}
LogLevel error
Listen 127.0.0.1:{port}
StartServers 1
ServerLimit 1
ThreadLimit 512
ThreadsPerChild 512
MaxRequestWorkers 512
AsyncRequestWorkerFactor 16
MaxConnectionsPerChild 0
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 3600
RequestReadTimeout header=0 body=0
{server}
<VirtualHost *:{port}>
{inbound}
ProxyPass / {target}/ keepalive=On enablereuse=On
{extra}
</VirtualHost>
""", encoding="utf-8")
    # Its workers give up root, and are to read what was made here.
    for file in setting.folder.iterdir():
        if file.suffix in (".pem", ".rules", ".json"):
            file.chmod(0o644)
    setting.folder.chmod(0o777)
    return [find("apache2"), "-d", str(setting.folder), "-f", str(path), "-DFOREGROUND"]


def start_apache_oidc(setting):
    port = free_port()
    name = f"apache-oidc-{port}"
    kid = json.loads(setting.path("jwks.json").read_text(encoding="utf-8"))["keys"][0]["kid"]
    extra = f"""
OIDCOAuthVerifyCertFiles {kid}#{setting.path('signing.pub')}
OIDCOAuthRemoteUserClaim sub
<Location />
    AuthType oauth20
    Require claim iss:{ISSUER}
</Location>
"""
    if not pathlib.Path(f"{APACHE_MODULES}/mod_auth_openidc.so").exists():
        raise Trouble("libapache2-mod-auth-openidc is not installed")
    setting.path("signing.pub").chmod(0o644)
    command = apache_command(setting, name, port, ["ssl", "socache_shmcb", "auth_openidc"], extra)
    return setting.start(name, command, port, environment={"APACHE_RUN_DIR": str(setting.folder)})


def start_apache_modsecurity(setting, tls=True):
    if not pathlib.Path(f"{APACHE_MODULES}/mod_security2.so").exists():
        raise Trouble("libapache2-mod-security2 is not installed")
    port = free_port()
    name = f"apache-modsecurity-{port}"
    rules = modsecurity_rules(setting, name, "/etc/modsecurity/modsecurity.conf-recommended")
    command = apache_command(setting, name, port, ["ssl", "socache_shmcb", "unique_id", "security2"], "",
                             f"Include {rules}", tls)
    return setting.start(name, command, port, seconds=60)


def penstock_config(setting, port, workers=1, token=True, filters=ON, audit=True, tls_in=True, tls_out=True,
                    response=False, functions=None, issuers="", patches="", more=""):
    """One function, or those that are given, with each stage on or off."""
    tls = '\n    tls: { certificate: server.pem, key: server.key, min_version: "1.3" }' if tls_in else ""
    out = (f"url: https://127.0.0.1:{setting.endpoint.port}\n    mtls: {{ certificate: client.pem, key: client.key, ca: ca.pem }}"
           if tls_out else f"url: http://127.0.0.1:{setting.plain.port}")
    allow = '{ issuer: bench, scopes: ["orders:write"] }' if token else "anyone"
    answer = "\n    response: { secrets: enforce, traces: enforce, errors: enforce }" if response else ""
    one = f"  orders:\n    route: /function/orders\n    upstream: function\n    allow: {allow}{answer}\n"
    record = f"audit: {{ file: audit-{port}.jsonl }}\n" if audit else ""
    known = (f"issuers:\n  bench: {{ issuer: \"{ISSUER}\", audience: functions, algorithms: [RS256], "
             f"jwks: {{ file: jwks.json }} }}\n{issuers}" if token or issuers else "")
    path = setting.path(f"penstock-{port}.yaml")
    path.write_text(f"""
listen:
  - address: 127.0.0.1:{port}{tls}
workers: {workers}
connections: 20000
requests_per_connection: 1000000000
memory: 1GiB
timeouts: {{ handshake: 60s, head: 1h, idle: 1h, body: 1h }}
{known}upstreams:
  function:
    {out}
    connections: 8192
    connect_timeout: 60s
    timeout: 120s
defaults:
  filters: {filters}
  limits: {{ body: 8MiB, leaves: 1000000, fields: 100000, string: 1MiB }}
{patches}functions:
{functions or one}{record}{more}""", encoding="utf-8")
    return [str(PENSTOCK), "run", "-c", str(path)]


def start_penstock(setting, workers=1, **options):
    port = free_port()
    return setting.start(f"penstock-{port}", penstock_config(setting, port, workers, **options), port, seconds=120)


def start_penstock_forwarding(setting, workers=1):
    return start_penstock(setting, workers, token=False, filters='"off"', audit=False)


START = {
    "nginx": start_nginx,
    "haproxy": start_haproxy,
    "haproxy + jwt": start_haproxy_jwt,
    "apache + oidc": start_apache_oidc,
    "nginx + modsecurity": start_nginx_modsecurity,
    "apache + modsecurity": start_apache_modsecurity,
    "penstock": start_penstock,
    "penstock, forwarding only": start_penstock_forwarding,
}
SLOW = {"nginx + modsecurity", "apache + modsecurity"}  # milliseconds an event: fewer sizes, fewer rates
