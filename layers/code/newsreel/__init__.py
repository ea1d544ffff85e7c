"""Newsreel: everything with a rule in it; the functions only parse, call and answer."""

import logging

from newsreel.lambda_runtime import gc_tuning, import_order

# Here, because this runs before whatever a function imports.
gc_tuning.pause_during_init()
import_order.begin_with_the_deepest()

# Lambda gives its root logger the function's level, and libraries follow it. At DEBUG botocore
# writes whole mails with their codes, and Powertools the ids and tokens of paths: our own logger
# alone goes that low.
logging.getLogger().setLevel(max(logging.WARNING, logging.getLogger().level))
