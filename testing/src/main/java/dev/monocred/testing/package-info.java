/**
 * What Monocred is tested with, and what its users test with. Nothing here reaches off the machine.
 *
 * <ul>
 *   <li>{@link dev.monocred.testing.FakeEntra}: a token service over TLS that verifies, to be scripted with
 *       {@link dev.monocred.testing.FakeAnswer} and asked for its {@link dev.monocred.testing.RecordedTokenRequest}s
 *   <li>{@link dev.monocred.testing.ManualTime}: clocks and a scheduler moved by hand; a day passes in milliseconds
 *   <li>{@link dev.monocred.testing.ScriptedCredential}: for unit tests of code that takes a credential
 *   <li>{@link dev.monocred.testing.TokenCredentialContract}: what every credential promises, as tests
 *   <li>{@link dev.monocred.testing.BlockHoundSetup}: makes sure that blocking calls are noticed
 * </ul>
 */
@NullMarked
package dev.monocred.testing;

import org.jspecify.annotations.NullMarked;
