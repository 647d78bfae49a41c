from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient
from tests.proofs.routes import BACK_OFFICE, ACCOUNTS
from tests.proofs.walking import walked, fillings, queries
from itertools import product
def test_walk(world):
    c = Client()
    rows, asked = fillings(), queries()
    out = []
    for route in walked():
        if route.is_api or route.template.startswith((BACK_OFFICE, ACCOUNTS)): continue
        for path, query in product(route.paths(rows), asked.get(route.template, [""])):
            try:
                a = c.get(path+query)
                if a.status_code != 200: continue
                if a.streaming: b"".join(a)
            except Exception as e:
                print("!!", path, e); continue
            cache.clear(); caches["pages"].clear()
            with CaptureQueriesContext(connection) as f:
                a = c.get(path+query)
            out.append((len(f), path+query, route.template, [s["sql"] for s in f.captured_queries]))
    best = {}
    for row in out:
        key = row[2]
        if key not in best or best[key][0] < row[0]: best[key] = row
    for n, p, t, s in sorted(best.values(), key=lambda r: -r[0]):
        print(n, t, "   ", p)
        if n > 6:
            for one in s: print("        ", one[:60], "...", one[one.find(" FROM "):][:150])
