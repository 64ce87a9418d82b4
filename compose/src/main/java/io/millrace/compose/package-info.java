/** Puts the parts together: the command line, the roles, the embedded broker. */
package io.millrace.compose;
