/**
 * The parts a process plays: worker, gateway, or all with an embedded broker; who starts what, and who closes it.
 *
 * <p>Must not know flags or output formats.
 */
package io.millrace.compose.role;
