"""What each language calls itself: how a viewer finds captions in his own."""

_NAMES = {
    "ar": "العربية", "az": "Azərbaycanca", "be": "Беларуская", "bg": "Български",
    "bs": "Bosanski", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
    "el": "Ελληνικά", "en": "English", "es": "Español", "et": "Eesti", "fa": "فارسی",
    "fi": "Suomi", "fr": "Français", "ga": "Gaeilge", "he": "עברית", "hr": "Hrvatski",
    "hu": "Magyar", "hy": "Հայերեն", "is": "Íslenska", "it": "Italiano", "ja": "日本語",
    "ka": "ქართული", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu", "mk": "Македонски",
    "mn": "Монгол", "mt": "Malti", "nb": "Norsk (bokmål)", "nl": "Nederlands",
    "nn": "Norsk (nynorsk)", "no": "Norsk", "pl": "Polski", "pt": "Português", "ro": "Română",
    "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina", "sq": "Shqip", "sr": "Српски",
    "sv": "Svenska", "tr": "Türkçe", "uk": "Українська", "ur": "اردو", "zh": "中文",
}  # fmt: skip


def own_name(language: str) -> str:
    """Return a language's name in itself, or its tag."""
    return _NAMES.get(language.split("-", maxsplit=1)[0].casefold(), language)
