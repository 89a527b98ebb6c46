"""Which language a comment is written in: the script decides alone where it can, the letters' habits elsewhere."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

UNKNOWN = "und"
LATIN = ("en", "es", "pt", "id", "ms", "vi", "tl", "tr", "fr", "de", "it", "pl")
# Seldom on our channels, so they need more evidence than the ones we serve.
SELDOM = ("nl", "ro", "sv", "cs", "hu", "sw")
_SELDOM_WEIGHT = 0.35
_HINT_WEIGHT = 4.0
_ROMANISED = {"hi": 0.03, "ar": 0.02}
_ALIASES = {"fil": "tl", "in": "id", "iw": "he", "zh": "zh-Hans", "cmn": "zh-Hans", "yue": "zh-Hant", "may": "ms"}
_TRADITIONAL_PLACES = ("hant", "tw", "hk", "mo")

_SCRIPTS = {
    "latin": re.compile("[a-z\u00c0-\u024f\u1e00-\u1eff]", re.IGNORECASE),
    "kana": re.compile("[\u3041-\u30fa\u30fc-\u30ff]"),
    "han": re.compile("[\u3400-\u9fff\uf900-\ufaff]"),
    "hangul": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
    "thai": re.compile("[\u0e01-\u0e4d]"),
    "devanagari": re.compile("[\u0900-\u0963]"),
    "arabic": re.compile("[\u0620-\u065f\u0671-\u06d3\u0750-\u077f]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "greek": re.compile("[\u0370-\u03ff]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "bengali": re.compile("[\u0980-\u09e3]"),
    "tamil": re.compile("[\u0b80-\u0bff]"),
    "telugu": re.compile("[\u0c00-\u0c7f]"),
    "khmer": re.compile("[\u1780-\u17d3]"),
    "lao": re.compile("[\u0e81-\u0ecf]"),
    "burmese": re.compile("[\u1000-\u109f]"),
}
_SCRIPT_LANGUAGE = {
    "hangul": "ko", "thai": "th", "devanagari": "hi", "greek": "el", "hebrew": "he", "bengali": "bn",
    "tamil": "ta", "telugu": "te", "khmer": "km", "lao": "lo", "burmese": "my",
}  # fmt: skip
# One sign says more than one letter in these scripts.
_DENSE = {"han": 3, "kana": 2, "hangul": 2}
_TRADITIONAL = frozenset(
    "這個們來為會說還時對沒聲語譯錯錄讓過開關機嗎麼樣點裡裏後從聽見講話讀寫買賣車長門間問聞馬鳥魚龍無電影單愛歡樂難願頭"
    "顏題類風飛飯馮驚體鬧齊齣劇戲視觀覺親記許該誰誤請諒謝識變貝負責貴質費資跟軟轉輕較輩農連進運遠選邊郵鄉醜醫釋鐘鐵"
    "錢鍵鏡閱陳陽陰陸隊際隨險雖雙雜雞離靈靜順預領養館驗髒鮮麗麥黃點齡與興舊國圖團圓場塊壞壯壓夠夢夥奪奮婦媽學寶實審"
    "將尋導層屬島幫幹幾庫廣廳張強彈當徹復應懷態慣慶戰擇擊擔據換損搖撲擁數斷條極構榮樓標機橋檔歲歷殺氣決況準減溫滿漢"
)
_SIMPLIFIED = (
    frozenset(
        "这个们来为会说还时对没声语译错录让过开关机吗么样点里后从听见讲话读写买卖车长门间问闻马鸟鱼龙无电单爱欢乐难愿头颜题类风飞"
        "饭惊体闹齐剧戏视观觉亲记许该谁误请谅谢识变贝负责贵质费资软转轻较辈农连进运远选边邮乡丑医释钟铁钱键镜阅陈阳阴陆队际随险虽"
        "双杂鸡离灵静顺预领养馆验脏鲜丽麦黄龄与兴旧国图团圆场块坏壮压够梦伙夺奋妇妈学宝实审将寻导层属岛帮干几库广厅张强弹当彻复应"
        "怀态惯庆战择击担据换损摇扑拥数断条极构荣楼标桥档岁历杀气决况准减温满汉"
    )
    - _TRADITIONAL
)
_TRADITIONAL_ONLY = _TRADITIONAL - frozenset("跟影從")
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_PERSIAN, _URDU = frozenset("پچژگکی"), frozenset("ٹڈڑںےہھ")
_UKRAINIAN = frozenset("іїєґ")

_lock = threading.Lock()


def canonical(tag: str) -> str:
    """The name we use for a BCP 47 tag: the primary language, and for Chinese its script."""
    primary, _, rest = tag.replace("_", "-").partition("-")
    primary = primary.casefold()
    if primary == "zh" and set(rest.casefold().split("-")) & set(_TRADITIONAL_PLACES):
        return "zh-Hant"
    return _ALIASES.get(primary, primary)


def guess(text: str, *, hints: tuple[str, ...] = (), votes: Mapping[str, float] | None = None) -> dict[str, float]:
    """Languages by likelihood (they add up to 1), the likeliest first; {'und': 1.0} when nothing speaks for any.

    `hints` are canonical names the channel expects, `votes` counts characters that a language's own
    words explain: both move the decision between languages of one script and never across scripts.
    """
    script = _leading_script(text)
    if script is None:
        return {UNKNOWN: 1.0}
    if script != "latin":
        return {_by_script(script, text, hints): 1.0}
    if len(_VIETNAMESE.findall(text)) >= 2:
        return {"vi": 1.0}
    return _latin(text, hints, votes or {})


def _leading_script(text: str) -> str | None:
    if text.isascii():
        return "latin" if _SCRIPTS["latin"].search(text) else None
    counts = {name: len(pattern.findall(text)) * _DENSE.get(name, 1) for name, pattern in _SCRIPTS.items()}
    if counts["kana"] and counts["kana"] * 8 >= counts["han"]:
        counts["kana"] += counts["han"]
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def _by_script(script: str, text: str, hints: tuple[str, ...]) -> str:
    letters = set(text.casefold())
    if script == "kana":
        return "ja"
    if script == "han":
        return _chinese(letters, text, hints)
    if script == "arabic":
        return "ur" if letters & _URDU else "fa" if letters & _PERSIAN else "ar"
    if script == "cyrillic":
        return "uk" if letters & _UKRAINIAN else "ru"
    return _SCRIPT_LANGUAGE[script]


def _chinese(letters: set[str], text: str, hints: tuple[str, ...]) -> str:
    traditional, simplified = len(letters & _TRADITIONAL_ONLY), len(letters & _SIMPLIFIED)
    if traditional != simplified:
        return "zh-Hant" if traditional > simplified else "zh-Hans"
    return next((hint for hint in hints if hint in ("zh-Hans", "zh-Hant", "ja")), "zh-Hans")


def _latin(text: str, hints: tuple[str, ...], votes: Mapping[str, float]) -> dict[str, float]:
    shares = dict(_identifier().rank(text.casefold())) | _ROMANISED
    weighed = {
        language: share
        * (_SELDOM_WEIGHT if language in SELDOM else 1.0)
        * (_HINT_WEIGHT if language in hints else 1.0)
        * 1.6 ** min(votes.get(language, 0.0), 24.0) ** 0.8
        for language, share in shares.items()
    }
    total = sum(weighed.values())
    ranked = sorted(weighed.items(), key=lambda pair: (-pair[1], pair[0]))
    likely = {language: weight / total for language, weight in ranked[:4]}
    if ranked[0][1] / total < 0.3 and not votes:
        return {UNKNOWN: 1.0} | likely
    return likely


@cache
def _loaded() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*LATIN, *SELDOM])
    return identifier


def _identifier() -> Any:
    """The model, read on first use (most of a second) and once, whatever the number of threads."""
    with _lock:
        return _loaded()
