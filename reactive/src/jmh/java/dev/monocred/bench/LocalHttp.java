package dev.monocred.bench;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpClientProvider;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.netty.NettyAsyncHttpClientProvider;
import reactor.core.publisher.Mono;

/**
 * Azure-core's default HTTP client in the row "bearer": its bearer token supplier sends a request to www.example.com for each
 * call, and nothing may leave this machine, so it goes to the token server, which answers 404 at once.
 */
public final class LocalHttp implements HttpClientProvider, HttpClient {

    private final HttpClient netty = new NettyAsyncHttpClientProvider().createInstance();

    /** For the service loader. */
    public LocalHttp() {}

    @Override
    public HttpClient createInstance() {
        return this;
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return netty.send(new HttpRequest(request.getHttpMethod(), TokenService.authority() + "/www.example.com")
                .setHeaders(request.getHeaders()));
    }
}
