"""Reads flow logs and finds flows with public addresses, as one would write it in Python: the same lines, counts and flows as
flow-log-guard has, with the standard library alone.

    flow_logs.py SETTINGS EVENTS

SETTINGS is JSON, EVENTS a file with an event a line. Prints the CPU seconds that all events took, and what was found.
flow_log_guard.py is a Lambda function around it.
"""

import base64
import functools
import gzip
import ipaddress
import json
import sys
import time

PRIVATE = (
    "0.0.0.0/32 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/4 255.255.255.255/32 "
    "::/128 ::1/128 fc00::/7 fe80::/10 ff00::/8"
).split()


def reader(settings):
    """A function that reads a delivery: counts of its lines, and its flows with public addresses."""
    ranges = [ipaddress.ip_network(text) for text in PRIVATE + settings["own"] + settings["services"]]
    networks = {version: [one for one in ranges if one.version == version] for version in (4, 6)}
    fields = settings["format"].split()
    at = {field: number for number, field in enumerate(fields)}
    window_seconds = settings["window_seconds"]

    # The same addresses come again and again.
    @functools.lru_cache(maxsize=1 << 16)
    def is_public(text):
        address = ipaddress.ip_address(text)
        return not any(address in network for network in networks[address.version])

    def number(text):
        return None if text == "-" else int(text)

    def read(delivery):
        records, unreadable, without, flows = 0, 0, {"NODATA": 0, "SKIPDATA": 0}, {}
        for log_event in delivery["logEvents"]:
            values = log_event["message"].rstrip().split(" ")
            if len(values) != len(fields):
                unreadable += 1
                continue
            if values[at["log-status"]] in without:
                without[values[at["log-status"]]] += 1
                continue
            try:
                source, destination = values[at["pkt-srcaddr"]], values[at["pkt-dstaddr"]]
                source = values[at["srcaddr"]] if source == "-" else source
                destination = values[at["dstaddr"]] if destination == "-" else destination
                public = is_public(source), is_public(destination)
                ports = number(values[at["srcport"]]), number(values[at["dstport"]])
                protocol = number(values[at["protocol"]])
                packets, size = number(values[at["packets"]]), number(values[at["bytes"]])
                start, end = number(values[at["start"]]), number(values[at["end"]])
                path = number(values[at["traffic-path"]])
                action = values[at["action"]]
                if action not in ("ACCEPT", "REJECT"):
                    raise ValueError(action)
            except ValueError:
                unreadable += 1
                continue
            records += 1
            if not any(public):
                continue
            start = log_event["timestamp"] // 1000 if start is None else start
            key = (action, start - start % window_seconds, source, destination, *ports, protocol)
            total = flows.setdefault(key, {"records": 0, "packets": 0, "bytes": 0, "interfaces": [], "path": path, "end": end})
            total["records"] += 1
            total["packets"] += packets or 0
            total["bytes"] += size or 0
            interface = values[at["interface-id"]]
            if interface not in total["interfaces"]:
                total["interfaces"].append(interface)
        counts = {"records": records, "no_data": without["NODATA"], "skipped": without["SKIPDATA"], "unreadable": unreadable}
        return counts, flows

    return read


def delivered(event):
    """The lines of an event, with what they are of."""
    return json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))


def main(settings, events):
    read = reader(json.loads(settings))
    with open(events) as lines:
        texts = lines.read().splitlines()
    before = time.process_time()
    found = [read(delivered(json.loads(text))) for text in texts]
    seconds = time.process_time() - before
    total = {name: sum(counts[name] for counts, _ in found) for name in ("records", "unreadable")}
    print(json.dumps({"cpu_seconds": seconds, **total, "flows": sum(len(flows) for _, flows in found)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
