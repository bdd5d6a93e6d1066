/** A pod, a pipeline and an application with a managed identity: tokens without a secret. */
@NullMarked
package dev.monocred.examples.workloadidentity;

import org.jspecify.annotations.NullMarked;
