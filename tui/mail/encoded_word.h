/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Encoded words of headers (RFC 2047), made ready for GMime.
 */
#ifndef ESPIAL_TUI_MAIL_ENCODED_WORD_H
#define ESPIAL_TUI_MAIL_ENCODED_WORD_H

/* The header with base64 words that stand in a row, of one charset, made one: GMime 3.2 drops what
 * follows the padding of the first. The caller frees it with g_free(). */
char *encoded_words_join(const char *header);

#endif
