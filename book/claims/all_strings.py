"""Claims about batches that contain all strings of n bits."""

from .claim import Claim
from .rates import always, less_than_half, more_often, more_than_half, never, not_all, seldom, some, sooner

AFRESH = {n: (f"lstm, {n} bits, reset", f"lstm, {n} bits") for n in range(5, 9)}    # Adam, after 200 updates

CLAIMS = {
    "all-strings-five-bits": Claim(
        "With all 32 strings of 5 bits as the batch and a label at the end, every LSTM of 8 units and every GRU solves "
        "them within 8,000 updates.",
        always("lstm, 5 bits", "gru, 5 bits")),
    "all-strings-end-at-eight": Claim(
        "With all strings as the batch, more than half of the LSTMs and of the GRUs solve 6 bits, some and less than "
        "half of them 7 bits, no LSTM and few GRUs 8 bits, and none of either 9 or 10 bits, within 8,000 updates.",
        [*more_than_half("lstm, 6 bits", "gru, 6 bits"), *some("lstm, 7 bits", "gru, 7 bits"),
         *less_than_half("lstm, 7 bits", "gru, 7 bits"), *never("lstm, 8 bits"), *seldom("gru, 8 bits"),
         *never("lstm, 9 bits", "lstm, 10 bits", "gru, 9 bits", "gru, 10 bits")]),
    "all-strings-relu-differs": Claim(
        "With all strings as the batch, some relu nets fail at every length from 2 to 10 bits, and at 8 and 9 bits "
        "more of them succeed than of each other kind (Fisher's exact test, six comparisons with Holm's correction).",
        [*not_all(*(f"relu, {n} bits" for n in range(2, 11))),
         *more_often(*((f"relu, {n} bits", f"{cell}, {n} bits") for n in (8, 9) for cell in ("tanh", "lstm", "gru")))]),
    "adam-afresh": Claim(
        "If Adam's means begin afresh after 200 updates, LSTMs on all strings of 5 and 6 bits solve them in fewer "
        "updates (log-rank test over all runs, two comparisons with Holm's correction), and more of them solve 6 and 7 "
        "bits within 8,000 updates (Fisher's exact test, two comparisons with Holm's correction). At 8 bits few do, "
        "whether Adam begins afresh or not: both intervals lie below one half.",
        [*sooner(AFRESH[5], AFRESH[6]), *more_often(AFRESH[6], AFRESH[7]), *seldom(*AFRESH[8])]),
}
