/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The little languages inside of attributes: CSS declarations, lengths, srcset, meta refresh. They
 * find what matters and never fail.
 */
#ifndef ESPIAL_TUI_MAIL_HTML_STYLE_H
#define ESPIAL_TUI_MAIL_HTML_STYLE_H

#include "rules/span.h"

typedef void (*html_url_found)(struct span url, void *data);

/* A length of at most two pixels: the `width` of an open pixel. NULL is none. */
bool html_length_is_tiny(const char *length);
/* A style attribute (or NULL) that keeps its element from being seen. */
bool html_style_hides(const char *style);
/* As html_length_is_tiny(), of a property of a style attribute (or NULL). */
bool html_style_is_tiny(const char *style, const char *property);

/* The URLs of `url(…)` and `@import "…"`. */
void html_style_urls(const char *css, html_url_found found, void *data);
/* The URLs of a srcset attribute (HTML §4.8.4.2.1). */
void html_srcset_urls(const char *srcset, html_url_found found, void *data);
/* The URL of `<meta http-equiv=refresh content=…>` (HTML §4.2.5.3, "shared declarative refresh
 * steps"); SPAN_NONE where there is none. */
struct span html_refresh_url(const char *content);

#endif
