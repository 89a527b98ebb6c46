"""The demo's catalog: twelve made-up dramas, their editions in four languages, and the companies behind them."""

from __future__ import annotations

from dataclasses import dataclass

GENRES = {
    "romance": "Romance",
    "revenge": "Revenge",
    "family": "Family",
    "fantasy": "Fantasy",
    "mystery": "Mystery",
}
SUPPLIERS = {"Jade Harbor Pictures": "CN", "Nine Lanterns Studio": "CN"}
VENDORS = {
    "Sông Sài Gòn Dubbing": ("VN", "Asia/Ho_Chi_Minh"),
    "Voces del Sur": ("MX", "America/Mexico_City"),
    "Rima Audio": ("EG", "Africa/Cairo"),
}


@dataclass(frozen=True)
class Title:
    code: str
    name: str
    genres: tuple[str, ...]
    tier: str
    age: int
    origin: str
    editions: dict[str, str]
    hook: str


@dataclass(frozen=True)
class Wound:
    """The defect that the demo turns around: a voice that drops out in one episode of one edition."""

    code: str
    language: str
    episode: int
    from_ms: int
    to_ms: int


WOUND = Wound(code="DR-0001", language="es", episode=1, from_ms=8000, to_ms=11500)

TITLES = [
    Title(
        "DR-0001", "海港新娘", ("romance", "revenge"), "S", 12, "live",
        {"es": "La novia del puerto", "en": "The Harbor Bride"},
        "She was left at the altar on the pier. Ten years later she owns the harbor.",
    ),
    Title(
        "DR-0002", "月下协议", ("romance",), "A", 12, "live",
        {"en": "Moonlight Contract", "id": "Kontrak di Bawah Bulan", "ar": "عقد تحت ضوء القمر"},
        "A marriage on paper, a rule for every room, and one night without rules.",
    ),
    Title(
        "DR-0003", "第七个继承人", ("family", "mystery"), "A", 12, "live",
        {"es": "La séptima heredera", "ar": "الوريثة السابعة"},
        "Six heirs know the will by heart. The seventh has the original.",
    ),
    Title(
        "DR-0004", "狼王的邻居", ("fantasy", "romance"), "A", 16, "live",
        {"en": "Next Door to the Wolf King", "id": "Tetangga Raja Serigala"},
        "He moves out of the forest and in across the hall.",
    ),
    Title(
        "DR-0005", "修表匠的女儿", ("mystery",), "B", 7, "live",
        {"ar": "ابنة مصلّح الساعات", "es": "La hija del relojero"},
        "Every clock in the shop stopped at the same minute. She was born in it.",
    ),
    Title(
        "DR-0006", "雨季归来", ("family",), "B", 0, "live",
        {"id": "Pulang di Musim Hujan", "en": "Home in the Rainy Season"},
        "A son nobody expected walks into the restaurant nobody wants to sell.",
    ),
    Title(
        "DR-0007", "纸龙", ("fantasy",), "B", 7, "animated",
        {"en": "Paper Dragon", "es": "El dragón de papel"},
        "Folded by a lonely boy, it opens its eyes on the third night.",
    ),
    Title(
        "DR-0008", "沉默的证人", ("mystery", "revenge"), "A", 16, "live",
        {"id": "Saksi yang Membisu", "ar": "الشاهدة الصامتة"},
        "She saw it all and has not said a word since. Until today.",
    ),
    Title(
        "DR-0009", "三分钟的婚礼", ("romance",), "C", 12, "live",
        {"en": "A Three-Minute Wedding", "id": "Pernikahan Tiga Menit"},
        "The lift was stuck for three minutes. They left it married.",
    ),
    Title(
        "DR-0010", "云端医生", ("romance",), "C", 12, "ai",
        {"es": "Doctora en las nubes", "en": "Doctor in the Clouds"},
        "A flying clinic, a mountain village and a pilot who is afraid of heights.",
    ),
    Title(
        "DR-0011", "盐与剑", ("revenge", "fantasy"), "B", 16, "animated",
        {"ar": "الملح والسيف", "id": "Garam dan Pedang"},
        "They took his salt road. He kept the sword.",
    ),
    Title(
        "DR-0012", "最后的皮影", ("family",), "C", 0, "live",
        {"es": "El último teatro de sombras", "ar": "مسرح الظل الأخير"},
        "Three generations behind one lamp, and only one of them can still make the shadow laugh.",
    ),
]  # fmt: skip

SYNOPSES = {
    "en": "{hook}",
    "es": "Una historia corta de la serie “{title}”. Nuevos capítulos cada día.",
    "id": "Drama pendek “{title}”. Episode baru setiap hari.",
    "ar": "دراما قصيرة بعنوان «{title}». حلقات جديدة كل يوم.",
}

VENDOR_OF = {"en": "Sông Sài Gòn Dubbing", "id": "Sông Sài Gòn Dubbing", "es": "Voces del Sur", "ar": "Rima Audio"}


@dataclass(frozen=True)
class Screen:
    """One channel of the demo."""

    name: str
    platform: str
    language: str
    countries: tuple[str, ...]
    zone: str
    niche: tuple[str, ...]
    followers: int


SCREENS = [
    Screen("Drama Bites", "youtube", "en", ("US",), "America/New_York", (), 820_000),
    Screen("Harbor Lights TV", "youtube", "en", ("GB",), "Europe/London", ("romance", "family"), 240_000),
    Screen("Midnight Minis", "youtube", "en", ("PH",), "Asia/Manila", ("mystery", "fantasy", "revenge"), 410_000),
    Screen("@dramabites", "tiktok", "en", ("US",), "America/Los_Angeles", (), 1_300_000),
    Screen("@tinytales", "tiktok", "en", ("AU",), "Australia/Sydney", (), 95_000),
    Screen("Novelas al Minuto", "youtube", "es", ("MX",), "America/Mexico_City", (), 1_900_000),
    Screen("Corazón en Corto", "youtube", "es", ("ES",), "Europe/Madrid", ("romance", "family", "revenge"), 300_000),
    Screen(
        "Misterio Express", "youtube", "es", ("AR",), "America/Argentina/Buenos_Aires", ("mystery", "fantasy"), 150_000
    ),
    Screen("@novelasalminuto", "tiktok", "es", ("MX",), "America/Mexico_City", (), 2_400_000),
    Screen("@cortoscorazon", "tiktok", "es", ("CO",), "America/Bogota", ("romance", "family", "revenge"), 210_000),
    Screen("Drama Kilat", "youtube", "id", ("ID",), "Asia/Jakarta", (), 760_000),
    Screen("Kisah Semenit", "youtube", "id", ("ID",), "Asia/Makassar", ("romance", "family"), 180_000),
    Screen("Layar Malam", "youtube", "id", ("ID",), "Asia/Jayapura", ("mystery", "revenge", "fantasy"), 90_000),
    Screen("@dramakilat", "tiktok", "id", ("ID",), "Asia/Jakarta", (), 1_100_000),
    Screen("@kisahsemenit", "tiktok", "id", ("ID",), "Asia/Jakarta", (), 130_000),
    Screen("دقيقة دراما", "youtube", "ar", ("EG",), "Africa/Cairo", (), 540_000),
    Screen("حكايات قصيرة", "youtube", "ar", ("SA",), "Asia/Riyadh", ("family", "romance", "mystery"), 220_000),
    Screen("ليالي الدراما", "youtube", "ar", ("MA",), "Africa/Casablanca", ("revenge", "mystery", "fantasy"), 75_000),
    Screen("@daqiqadrama", "tiktok", "ar", ("EG",), "Africa/Cairo", (), 880_000),
    Screen("@layalidrama", "tiktok", "ar", ("AE",), "Asia/Dubai", (), 160_000),
]
