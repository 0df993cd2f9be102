"""Points of checks and of answers in words: `parity exercises` writes them from solutions/*.md."""

POINTS: dict[str, dict[str, int]] = {
    "unrolling": {
        "parity": 2,
        "rnn_step": 2,
        "unroll": 3,
        "two_unit_weights": 4,
    },
    "varying_lengths": {
        "random_lengths": 2,
        "length_mask": 1,
        "run_packed": 3,
        "masked_loss": 3,
        "masked_accuracy": 2,
        "always_even": 1,
        "reported_accuracy": 1,
    },
    "architecture": {
        "count_parameters": 3,
        "build_model": 4,
        "learns": 2,
        "success_rate": 3,
        "multiple_of_three": 3,
    },
    "gradient_through_time": {
        "output_gradient": 1,
        "gradients": 4,
        "gradient_is_right": 3,
        "hunt_draw": 1,
        "hunt_labels": 1,
        "hunt_logits": 1,
        "hunt_loss": 1,
        "hunt_accuracy": 1,
        "hunt_update": 1,
        "find_error_short": 1,
        "find_error_long": 3,
    },
    "lstm_comparison": {
        "lstm_step": 4,
        "lstm_parity": 4,
        "summarise": 2,
        "gradient_norms": 4,
    },
    "no_teacher_forcing": {
        "final_parity": 2,
        "last_valid": 2,
        "end_loss": 2,
        "end_gradient": 1,
        "train_step": 3,
        "train_at_the_end": 1,
        "trained_short": 1,
        "trained_long": 2,
        "next_max_length": 2,
    },
}

IN_WORDS: dict[str, int] = {
    "unrolling": 4,
    "varying_lengths": 4,
    "architecture": 4,
    "gradient_through_time": 4,
    "lstm_comparison": 3,
    "no_teacher_forcing": 3,
}
