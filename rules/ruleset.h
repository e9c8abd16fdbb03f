/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A directory of rules and providers, read and checked. A ruleset is immutable once loaded and
 * reference counted, so that threads can share it.
 */
#ifndef ESPIAL_RULES_RULESET_H
#define ESPIAL_RULES_RULESET_H

#include "rules/esp.h"
#include "rules/rule.h"
#include "rules/suffixes.h"
#include "rules/yaml_node.h"

struct ruleset;

/* Files beyond these are reported and left out. */
#define RULESET_MAX_FILE YAML_MAX_SIZE
#define RULESET_MAX_FILES 20000

/* Reads every rule and provider under `dir`. What is wrong with a file is added to `problems` and
 * the file is left out. Symbolic links are not followed. Returns NULL with an error only where
 * `dir` itself cannot be read. The tests of the rules are not run: see matcher_check(). */
struct ruleset *ruleset_load(const char *dir, struct problems *problems, GError **error);

/* The same ruleset with `rule` put in place of the one with its id, or added; and with `esp`,
 * unless NULL. Both are copied. `ruleset` may be NULL: an empty one. It serves to try a draft
 * before anything is written. */
struct ruleset *ruleset_with(
	const struct ruleset *ruleset, const struct rule *rule, const struct esp *esp);

/* The given rules (of struct rule) in any order, without a provider. Takes them over: the array is
 * unreferenced and must be the only holder of its rules. It serves to make rulesets that no
 * directory holds. */
struct ruleset *ruleset_of(GPtrArray *rules);

struct ruleset *ruleset_ref(struct ruleset *ruleset);
void ruleset_unref(struct ruleset *ruleset);

/* Sorted by id; live as long as the ruleset. */
const GPtrArray *ruleset_rules(const struct ruleset *ruleset); /* of const struct rule */
const GPtrArray *ruleset_esps(const struct ruleset *ruleset);  /* of const struct esp */
const struct rule *ruleset_find_rule(const struct ruleset *ruleset, const char *id);
const struct esp *ruleset_find_esp(const struct ruleset *ruleset, const char *id);

/* The lists of domains beside the rules. */
enum ruleset_list {
	RULESET_ABUSED_TLDS,     /* lists/abused-tlds.txt: cheap, or heavily abused */
	RULESET_TRIAL_DOMAINS,   /* lists/trial-domains.txt: of accounts on trial */
	RULESET_ALLOWED_DOMAINS, /* lists/allowed-domains.txt: never to be blocked */
	RULESET_LISTS,
};

/* NULL where the ruleset has none; lives as long as the ruleset. */
const struct suffixes *ruleset_list(const struct ruleset *ruleset, enum ruleset_list list);

#endif
