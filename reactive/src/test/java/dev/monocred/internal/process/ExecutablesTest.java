package dev.monocred.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ExecutablesTest {

    private static final Program AZ = new Program("Azure CLI", List.of("az"), List.of("/opt/homebrew/bin", "%HOME%/bin"),
            List.of("az.cmd", "az.exe"), List.of("%ProgramFiles%\\CLI2\\wbin"));

    private static Executables on(boolean windows, Map<String, String> environment, String... files) {
        Set<String> present = Set.of(files);
        return new Executables(windows, environment::get, new Executables.FileCheck() {
            @Override
            public boolean isExecutable(String path) {
                return present.contains(path);
            }

            @Override
            public boolean isDirectory(String path) {
                return present.contains(path);
            }
        });
    }

    @Nested
    class OnPosix {

        @Test
        void findsTheFirstOnPath() {
            assertThat(on(false, Map.of("PATH", "/a:/b:/c"), "/b/az", "/c/az").find(AZ)).isEqualTo("/b/az");
        }

        @Test
        void ignoresEmptyAndRelativeFolders() {
            assertThat(on(false, Map.of("PATH", ":.:bin:./x::/good"), "az", "./az", "bin/az", "/az", "/good/az").find(AZ))
                    .isEqualTo("/good/az");
        }

        @Test
        void looksWhereInstallersPutItAfterPath() {
            assertThat(on(false, Map.of("PATH", "/a"), "/opt/homebrew/bin/az").find(AZ)).isEqualTo("/opt/homebrew/bin/az");
            assertThat(on(false, Map.of(), "/opt/homebrew/bin/az").find(AZ)).isEqualTo("/opt/homebrew/bin/az");
            assertThat(on(false, Map.of("PATH", "/a"), "/a/az", "/opt/homebrew/bin/az").find(AZ)).isEqualTo("/a/az");
        }

        @Test
        void looksInTheHomeDirectory() {
            assertThat(on(false, Map.of("HOME", "/home/me"), "/home/me/bin/az").find(AZ)).isEqualTo("/home/me/bin/az");
            assertThat(on(false, Map.of(), "/bin/az", "%HOME%/bin/az").find(AZ)).isNull();
        }

        @Test
        void findsNothingWhereNothingIs() {
            assertThat(on(false, Map.of("PATH", "/a:/b")).find(AZ)).isNull();
        }

        @Test
        void worksInBinOrElseInTheRoot() {
            assertThat(on(false, Map.of(), "/bin").workingDirectory()).isEqualTo("/bin");
            assertThat(on(false, Map.of()).workingDirectory()).isEqualTo("/");
        }
    }

    @Nested
    class OnWindows {

        @Test
        void prefersTheBatchFileOfTheAzureCli() {
            assertThat(on(true, Map.of("PATH", "C:\\a;C:\\b"), "C:\\a\\az.exe", "C:\\b\\az.cmd").find(AZ))
                    .isEqualTo("C:\\b\\az.cmd");
        }

        @Test
        void takesQuotesOffAndKnowsBothSpellingsOfPath() {
            assertThat(on(true, Map.of("Path", "\"C:\\Program Files\\a\";D:/b/"), "C:\\Program Files\\a\\az.exe").find(AZ))
                    .isEqualTo("C:\\Program Files\\a\\az.exe");
            assertThat(on(true, Map.of("PATH", "D:/b/"), "D:/b/az.exe").find(AZ)).isEqualTo("D:/b/az.exe");
        }

        @Test
        void ignoresFoldersThatDependOnWhereWeAre() {
            assertThat(on(true, Map.of("PATH", ".;bin;\\bin;C:bin;;\\\\server\\share"), ".\\az.cmd", "bin\\az.cmd",
                    "\\bin\\az.cmd", "C:bin\\az.cmd", "\\az.cmd", "\\\\server\\share\\az.cmd").find(AZ)).isNull();
        }

        @Test
        void looksWhereTheInstallerPutsIt() {
            assertThat(on(true, Map.of("ProgramFiles", "C:\\P"), "C:\\P\\CLI2\\wbin\\az.cmd").find(AZ))
                    .isEqualTo("C:\\P\\CLI2\\wbin\\az.cmd");
        }

        @Test
        void worksInTheSystemFolderOrNowhere() {
            assertThat(on(true, Map.of("SystemRoot", "C:\\Windows")).workingDirectory()).isEqualTo("C:\\Windows\\System32");
            assertThat(on(true, Map.of()).workingDirectory()).isNull();
            assertThat(on(true, Map.of("SystemRoot", "Windows")).workingDirectory()).isNull();
        }
    }
}
