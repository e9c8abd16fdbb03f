/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ESPIAL_TUI_COMMAND_COVERAGE_H
#define ESPIAL_TUI_COMMAND_COVERAGE_H

#include "tui/command/command.h"

/* espial rules coverage [--json] QUERY | FILE… | DIR…; argv[0] is `coverage`. Returns the exit
 * code.
 */
int coverage_run(const struct command_options *options, int argc, char **argv);

#endif
