"""Two network namespaces with a slow and lossy link between them."""
import os
import pathlib
import subprocess

from measuring import build
from servers import end

SERVER, CLIENT = "192.0.2.1", "192.0.2.2"
RATE_MBIT = 400
QUEUE_MS = 100


def missing(control):
    """Why this machine cannot do it, or nothing."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not os.path.exists("/dev/net/tun"):
        return "there is no /dev/net/tun"
    known = pathlib.Path("/proc/sys/net/ipv4/tcp_available_congestion_control").read_text().split()
    if control not in known:
        return f"the kernel does not have the congestion control {control}"
    return None


class Wan:
    """While it is open, the namespaces `server` and `client` reach each other."""

    def __init__(self, scratch, delay_ms, loss, control):
        self.server = f"bench-s{os.getpid()}"
        self.client = f"bench-c{os.getpid()}"
        self.relay = None
        self.made = []
        self.settings = (build("relay", scratch), delay_ms, loss, control)

    def __enter__(self):
        program, delay_ms, loss, control = self.settings
        try:
            for space in (self.server, self.client):
                ip("netns", "add", space)
                self.made.append(space)
            self.relay = subprocess.Popen(
                [program, self.server, "wan0", self.client, "wan0", str(delay_ms), str(loss),
                 str(RATE_MBIT), str(QUEUE_MS)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
            )
            if self.relay.stdout.readline() != "ready\n":
                raise RuntimeError("the relay did not start")
            for space, here, there in (
                (self.server, SERVER, CLIENT), (self.client, CLIENT, SERVER),
            ):
                ip("-n", space, "addr", "add", here, "peer", there, "dev", "wan0")
                ip("-n", space, "link", "set", "lo", "up")
                ip("-n", space, "link", "set", "wan0", "txqueuelen", "5000", "up")
            self.set(self.server, "net.ipv4.tcp_congestion_control", control)
            # What one program's connections learned must not help or hurt the next one's.
            self.set(self.server, "net.ipv4.tcp_no_metrics_save", "1")
        except BaseException:
            self.__exit__()
            raise
        return self

    def rewind(self, number):
        """Begins one of the sequences of losses."""
        self.relay.stdin.write(f"{number + 10}\n")
        self.relay.stdin.flush()

    def set(self, space, name, value):
        path = "/proc/sys/" + name.replace(".", "/")
        subprocess.run(
            ["ip", "netns", "exec", space, "sh", "-c", f"echo {value} >{path}"], check=True,
        )

    def __exit__(self, *_):
        if self.relay:
            end(self.relay)
            self.relay.stdin.close()
            self.relay.stdout.close()
        for space in self.made:
            subprocess.run(["ip", "netns", "del", space], check=False)
        self.made.clear()


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)
