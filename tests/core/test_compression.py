import gzip

import brotli
import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse

from core.compression import CompressionMiddleware

HTML = "<!doctype html><title>Ça va ?</title>" + "<p>Words, and words again.</p>" * 50


def answer(rf, response, accepts="gzip, deflate, br"):
    return CompressionMiddleware(lambda _request: response)(
        rf.get("/", headers={"accept-encoding": accepts})
    )


def test_page_travels_in_brotli_with_a_padding_of_random_length(rf):
    answers = [answer(rf, HttpResponse(HTML)) for _time in range(20)]

    assert {one["Content-Encoding"] for one in answers} == {"br"}
    assert all(one["Content-Length"] == str(len(one.content)) for one in answers)
    assert all(brotli.decompress(one.content).decode().startswith(HTML) for one in answers)
    assert answers[0]["Vary"] == "Accept-Encoding"
    assert len({one["Content-Length"] for one in answers}) > 3
    assert len(answers[0].content) < len(HTML) / 3


@pytest.mark.parametrize("accepts", ["gzip", "gzip, br;q=0"])
def test_browser_without_brotli_has_gzip(rf, accepts):
    packed = answer(rf, HttpResponse(HTML), accepts)

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content).decode() == HTML


@pytest.mark.parametrize(
    ("response", "encoding"),
    [
        (HttpResponse("short"), None),
        (HttpResponse(HTML, headers={"Content-Encoding": "identity"}), "identity"),
        (JsonResponse({"words": HTML}), "gzip"),
        (StreamingHttpResponse([HTML.encode()]), "gzip"),
    ],
)
def test_what_is_no_page_goes_as_django_sends_it(rf, response, encoding):
    assert answer(rf, response).headers.get("Content-Encoding") == encoding
