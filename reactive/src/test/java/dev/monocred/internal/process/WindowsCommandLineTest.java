package dev.monocred.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowsCommandLineTest {

    private static List<String> line(String program, String... arguments) {
        return WindowsCommandLine.of("C:\\Windows", program, List.of(arguments));
    }

    @Test
    void aProgramGetsItsArgumentsAsTheyAre() {
        assertThat(line("C:\\Program Files\\PowerShell\\7\\pwsh.exe", "-NoProfile", "a b"))
                .containsExactly("C:\\Program Files\\PowerShell\\7\\pwsh.exe", "-NoProfile", "a b");
    }

    @Test
    void aBatchFileGoesThroughCmdWithEverythingQuoted() {
        assertThat(line("C:\\Program Files (x86)\\R&D\\az.cmd", "account", "--subscription", "My subscription"))
                .containsExactly("C:\\Windows\\System32\\cmd.exe", "/d", "/s", "/v:off", "/c",
                        "\"\"C:\\Program Files (x86)\\R&D\\az.cmd\" \"account\" \"--subscription\" \"My subscription\"\"");
        assertThat(line("C:\\AZ.BAT", "x")).startsWith("C:\\Windows\\System32\\cmd.exe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%PATH%", "a\"b", "a!b", "a^b", "a&b", "a|b", "a<b", "a>b", "a(b", "a)b", "a\nb", "a\u0000b", "a\\"})
    void refusesWhatCmdCouldMisread(String argument) {
        assertThatThrownBy(() -> line("C:\\az.cmd", argument)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C:\\%TEMP%\\az.cmd", "C:\\a\"b\\az.cmd"})
    void refusesAPathThatCmdWouldReplaceThingsIn(String program) {
        assertThatThrownBy(() -> line(program)).isInstanceOf(IllegalArgumentException.class);
    }
}
