"""In which language a text is written: by its script, else by its commonest small words."""

# ruff: noqa: E501  (a language a line)

import re
from collections import Counter
from typing import Final

SCRIPTS: Final = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
SMALL_WORDS: Final = {
    "fr": "le la les des du de et est une un je vous nous ne pas pour que qui dans sur avec mon ma "
    "mes votre notre ce cette plus sont bonjour merci au aux il elle depuis mais ai j'ai c'est être "
    "fait cordialement site",
    "en": "the and of to is in that it for you i we not with on are this be have my your can please "
    "thanks hello hi regards but from since was when what how an at as or do does there works about these those let's only",
    "es": "el la los las de y es un una que en por para con no se mi su del al lo como más pero hola "
    "gracias saludos estoy tengo usted ustedes desde cuando muy está son buenos",
    "de": "der die das und ist nicht ich sie wir ein eine zu mit auf für von den dem des im es auch "
    "aber seit wenn wie mein meine ihre hallo danke grüße habe kann bei oder noch bitte guten",
    "it": "il lo la i gli le di e è un una che non per con sono mio mia del della dei nel come ma ho "
    "ciao grazie saluti buongiorno questo quando anche più da al si mi vorrei",
    "pt": "o a os as de e é um uma que não para com em do da dos das no na por meu minha mas olá "
    "obrigado obrigada você está estou também mais quando muito ao bom",
    "nl": "de het een en is niet ik wij we van op met voor dat in te zijn mijn uw maar bij als ook "
    "kan hallo bedankt groeten heb naar wat sinds geen dit deze wel",
    "pl": "i w na z do nie to jest się że dla po od jak ale mam mój moja proszę dzień dobry witam "
    "dziękuję pozdrawiam czy za przez co jestem tym",
    "sv": "och är att det i en som på inte jag vi för med av till den har min hej tack ett kan från "
    "men hälsningar om när vad eller",
    "da": "og er at det i en som på ikke jeg vi for med af til den har min hej tak et kan fra men "
    "hilsen om når hvad eller",
}
_LANGUAGES_OF: Final[dict[str, list[str]]] = {}
for _language, _words in SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)
WORDS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
LOOKED_AT: Final = 8000
FEWEST_WORDS: Final = 2


def language_of(text: str, declared: str = "") -> str:
    """Return the language of a text, BCP 47, "und" where nothing tells.

    declared: what Content-Language says; asked where the text is too short to tell by itself.
    """
    text = re.sub(r"https?://\S+|\S{1,80}@\S{1,80}", " ", text[:LOOKED_AT])
    letters = sum(sign.isalpha() for sign in text)
    for language, script in SCRIPTS:
        if letters and len(script.findall(text)) > letters / 4:
            return language
    return _by_small_words(text) or _declared(declared)


def _by_small_words(text: str) -> str:
    words = WORDS.findall(text.lower().replace("’", "'"))
    counts: Counter[str] = Counter()
    for word in words:
        found = _LANGUAGES_OF.get(word, ())
        for language in found:
            counts[language] += 12 // len(found)
    best = counts.most_common(2)
    if not best or best[0][1] < 12 * min(FEWEST_WORDS, max(len(words) // 4, 1)):
        return ""
    return "" if len(best) > 1 and best[0][1] == best[1][1] else best[0][0]


def _declared(value: str) -> str:
    found = re.match(r"\s*([a-zA-Z]{2,3})(?:-[a-zA-Z0-9]{2,8})*\s*(?:,|$)", value)
    return found[1].lower() if found else "und"
