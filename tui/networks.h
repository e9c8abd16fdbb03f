/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether the networks of the providers whose links a message carries sent it, with the evidence.
 */
#ifndef ESPIAL_TUI_NETWORKS_H
#define ESPIAL_TUI_NETWORKS_H

#include "rules/matcher.h"
#include "tui/mail/origin.h"
#include "tui/message_view.h"

struct networks;

/* Judges the message for each provider that sends mail (of kind `esp`) in the chains of its links;
 * `verdicts` are of struct verdict. The message outlives it. The caller frees it with
 * networks_free(). */
struct networks *networks_new(const struct message *message, const struct origin_trust *trust,
	const GPtrArray *verdicts, const struct matcher *matcher);
void networks_free(struct networks *networks);
bool networks_empty(const struct networks *networks);

/* A line for each provider, and with `evidence` what it is from, a line each. */
void networks_show(const struct networks *networks, bool evidence, struct message_view *view);

#endif
