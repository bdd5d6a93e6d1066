package dev.monocred.bench;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpClientProvider;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers azure-core's default HTTP client on the spot: its bearer token supplier sends a request to www.example.com for each
 * call, and nothing may leave this machine. Its figure is therefore without any network time.
 */
public final class NoHttp implements HttpClientProvider, HttpClient {

    /** For the service loader. */
    public NoHttp() {}

    @Override
    public HttpClient createInstance() {
        return this;
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return Mono.just(new Answer(request));
    }

    private static final class Answer extends HttpResponse {

        Answer(HttpRequest request) {
            super(request);
        }

        @Override
        public int getStatusCode() {
            return 200;
        }

        @Override
        @Deprecated
        public @Nullable String getHeaderValue(String name) {
            return getHeaders().getValue(name);
        }

        @Override
        public HttpHeaders getHeaders() {
            return new HttpHeaders();
        }

        @Override
        public Flux<ByteBuffer> getBody() {
            return Flux.empty();
        }

        @Override
        public Mono<byte[]> getBodyAsByteArray() {
            return Mono.just(new byte[0]);
        }

        @Override
        public Mono<String> getBodyAsString() {
            return Mono.just("");
        }

        @Override
        public Mono<String> getBodyAsString(Charset charset) {
            return Mono.just("");
        }
    }
}
