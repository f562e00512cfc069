"""The servers of the comparison: nginx, and the paced one."""
import json
import pathlib
import socket
import subprocess
import sys

from measuring import wait_for

NGINX = """
worker_processes auto;
pid {root}/pid;
error_log {root}/error.log;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    default_type application/octet-stream;
    server {{
        listen {address}:{port};
        {tls}
        root {www};
    }}
}}
"""

TLS = """
        listen {address}:{port} ssl{http2};
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
"""

EXTENSIONS = """subjectAltName=IP:127.0.0.1,IP:192.0.2.1
extendedKeyUsage=serverAuth
basicConstraints=CA:FALSE
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Authority:
    """A certificate authority of our own, with a certificate for loopback and for the slow link."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.file = self.folder / "authority.pem"
        (self.folder / "extensions").write_text(EXTENSIONS)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        self.openssl(
            "req", "-x509", *key, "-days", "3", "-subj", "/CN=benchmark authority",
            "-addext", "keyUsage=critical,keyCertSign", "-keyout", "authority.key",
            "-out", "authority.pem",
        )
        self.openssl(
            "req", *key, "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "request.pem",
        )
        self.openssl(
            "x509", "-req", "-in", "request.pem", "-CA", "authority.pem", "-CAkey",
            "authority.key", "-CAcreateserial", "-days", "3", "-extfile", "extensions",
            "-out", "server.pem",
        )

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)


class Nginx:
    """nginx with one folder, over plain HTTP and, with an authority, over TLS too."""

    def __init__(
        self, folder, www, address="127.0.0.1", port=None, authority=None, http2=False, before=(),
    ):
        root = pathlib.Path(folder)
        root.mkdir()
        port = port or free_port()
        self.url = f"http://{address}:{port}"
        tls = ""
        if authority:
            secure = free_port()
            self.secure_url = f"https://{address}:{secure}"
            tls = TLS.format(
                address=address, port=secure, folder=authority.folder,
                http2=" http2" if http2 else "",
            )
        configuration = root / "nginx.conf"
        configuration.write_text(
            NGINX.format(root=root, www=www, address=address, port=port, tls=tls)
        )
        self.process = subprocess.Popen(
            [*before, "nginx", "-p", root, "-e", f"{root}/error.log", "-c", configuration,
             "-g", "daemon off;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        try:
            wait_for((root / "pid").exists, 10, "the start of nginx")
        except RuntimeError:
            self.close()
            raise

    def close(self):
        end(self.process)


class Paced:
    """The server with a speed limit for each connection, in a process of its own."""

    def __init__(self, www):
        self.process = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).with_name("paced.py"), www],
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        port, self.orders_port = map(int, self.process.stdout.readline().split())
        self.url = f"http://127.0.0.1:{port}"

    def order(self, **words):
        """Gives new orders and starts to count anew; without any it returns the counters."""
        with socket.create_connection(("127.0.0.1", self.orders_port)) as peer:
            with peer.makefile("rw") as stream:
                stream.write(json.dumps(words) + "\n")
                stream.flush()
                return json.loads(stream.readline())

    def close(self):
        end(self.process)
        self.process.stdout.close()
