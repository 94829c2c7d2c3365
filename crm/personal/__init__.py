import os

# Names are read character by character. Without pypinyin's table of phrases every process starts 0.3 s sooner and needs
# 45 MB less; it must be told before it is imported.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
