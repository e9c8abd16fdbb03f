/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What espial says of a link, as JSON: the format of docs/scan-format.md.
 */
#ifndef ESPIAL_TUI_COMMAND_RECORD_H
#define ESPIAL_TUI_COMMAND_RECORD_H

#include "tui/mail/message.h"
#include "tui/mail/verdict.h"

#include <jansson.h>

/* The record of a link of the message. The caller releases it, or prints it. */
json_t *record_of_link(const struct message *message, const struct verdict *verdict);
/* The keys that describe the chain and the verdict, set on `record`. */
void record_set_chain(json_t *record, const struct chain *chain, unsigned signals);
/* A string that may hold anything: what is not UTF-8 is replaced. NULL is null. */
json_t *record_text(const char *text);
/* Prints the record as one line to stdout and releases it. */
void record_print(json_t *record);

#endif
