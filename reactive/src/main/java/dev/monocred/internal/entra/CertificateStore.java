package dev.monocred.internal.entra;

import dev.monocred.core.jwt.BadCertificateException;
import dev.monocred.core.jwt.CertificateParser;
import dev.monocred.core.jwt.SigningCertificate;
import dev.monocred.internal.runtime.SmallFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a certificate comes from. */
public sealed interface CertificateStore {

    /**
     * Gives the certificate as it is now. May read a file, so it may block.
     *
     * @throws BadCertificateException with a clause that goes on {@link #name()}
     */
    SigningCertificate load() throws BadCertificateException;

    /** What an error calls it, as in {@code certificate file /etc/app.pem}. */
    String name();

    /** How bytes become a certificate. */
    @FunctionalInterface
    interface Reading {
        /** Reads it. */
        SigningCertificate read(byte[] content) throws BadCertificateException;

        /** With its key, which may be encrypted. */
        static Reading withKey(@Nullable String password) {
            return content -> CertificateParser.parse(content, password);
        }

        /** Alone, for a key that is elsewhere. */
        static Reading withoutKey() {
            return CertificateParser::parsePublic;
        }
    }

    /**
     * Read already.
     *
     * @param certificate what was read
     */
    record Held(SigningCertificate certificate) implements CertificateStore {

        @Override
        public SigningCertificate load() {
            return certificate;
        }

        @Override
        public String name() {
            return "certificate";
        }
    }

    /**
     * A file, read at each acquisition and parsed when it is another than before. Acquisitions are rare and certificates
     * small, so this costs nothing that matters, and no time stamp can hide a change. A file that cannot be used keeps the
     * last certificate that could: whoever rotates it may be half done.
     */
    final class FromFile implements CertificateStore {

        private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");
        /** A chain with a key takes some ten thousand bytes. */
        private static final int LARGEST = 1 << 20;

        private final SmallFile file;
        private final Reading reading;
        private final AtomicReference<@Nullable Parsed> last = new AtomicReference<>();

        // "ArrayRecordComponent": nobody compares one or sees its bytes.
        @SuppressWarnings("ArrayRecordComponent")
        private record Parsed(byte[] content, SigningCertificate certificate) {}

        /**
         * Reads nothing yet.
         *
         * @param file which file
         * @param reading what it holds
         */
        public FromFile(Path file, Reading reading) {
            this.file = new SmallFile(file, LARGEST, "certificate");
            this.reading = reading;
        }

        @Override
        public SigningCertificate load() throws BadCertificateException {
            Parsed before = last.get();
            try {
                byte[] content = content();
                if (before != null && Arrays.equals(before.content, content)) {
                    return before.certificate;
                }
                Parsed now = new Parsed(content, reading.read(content));
                last.set(now);
                return now.certificate;
            } catch (BadCertificateException unusable) {
                if (before == null) {
                    throw unusable;
                }
                LOG.warn("The {} {}; the one that was read before is used on", name(), unusable.clause());
                return before.certificate;
            }
        }

        private byte[] content() throws BadCertificateException {
            try {
                return file.read();
            } catch (SmallFile.Unusable unusable) {
                throw new BadCertificateException(unusable.clause(), unusable.getCause());
            }
        }

        @Override
        public String name() {
            return "certificate file " + file.path();
        }

        @Override
        public String toString() {
            return "FromFile[" + file.path() + "]";
        }
    }
}
